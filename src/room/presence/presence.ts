import type { Member } from "../../protocol/down.ts";
import type { Broadcaster } from "../delivery/broadcaster.ts";
import type { Sender } from "../delivery/sender.ts";
import type { RoomModule } from "../modules.ts";
import type { LeaveReason } from "../sessions/close.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import { Throttle } from "../throttle.ts";
import { GracePeriods } from "./grace-periods.ts";
import { Roster } from "./roster.ts";
import { UnannouncedLeaves } from "./unannounced-leaves.ts";

/** The window between two changes of the list: so much for each socket that is told of them, a tenth of what it can take. */
const WINDOW_PER_SOCKET_MS = 0.5;
const WINDOW_MS = { min: 2, max: 1000 } as const;

/** A room at the edge of what is listed sends whole lists no more often than this. */
const LISTS_MS = 5000;

/** What others have been told of a member, and its text, to see whether it has changed. */
type Told = { entry: Member; text: string };

/** The text of what was told before a wake, and may not be so any more. */
const UNKNOWN = "";

type Change = { joined: Member[]; left: string[]; updated: Member[] };

/**
 * The list of members, as everyone is told it: one list, and one change of it for all, at most once in a window. All of it
 * comes from the sessions, and is there again after a wake; nothing is stored.
 */
export class Presence implements RoomModule {
  readonly name = "presence";
  readonly #connections: ConnectionManager;
  readonly #sender: Sender;
  readonly #broadcaster: Broadcaster;
  readonly #listed: number;
  readonly #roster = new Roster();
  readonly #grace: GracePeriods;
  readonly #moved: (member: string) => void;
  readonly #window: Throttle;
  /** By member, while the room is small enough for a list. */
  readonly #told = new Map<string, Told>();
  readonly #unannounced = new UnannouncedLeaves();
  /** Members of whom others may have something to hear. */
  readonly #news = new Set<string>();
  /** Members who are in lists that newcomers were given, but of whom the others have not been told. */
  readonly #hinted = new Set<string>();
  #isListing = true;
  /** Whether somebody was given no list, and is to have one when there is one. */
  #isOwed = false;
  /** When everyone was last sent a whole list. */
  #listedAt = 0;
  #recount: ReturnType<typeof setTimeout> | undefined;
  /** The count that all have been told; undefined where a newcomer was given another since. */
  #counted: number | undefined = 0;

  /**
   * @param membersListed more members than this are only counted
   * @param leaveGraceMs how long a member whose connection dropped counts as here
   * @param onMemberChange is called for each member that may have joined or left for good
   */
  constructor({
    connections,
    sender,
    broadcaster,
    membersListed,
    leaveGraceMs,
    onMemberChange = () => {},
  }: {
    connections: ConnectionManager;
    sender: Sender;
    broadcaster: Broadcaster;
    membersListed: number;
    leaveGraceMs: number;
    onMemberChange?: (member: string) => void;
  }) {
    this.#sender = sender;
    this.#broadcaster = broadcaster;
    this.#connections = connections;
    this.#moved = onMemberChange;
    this.#listed = membersListed;
    this.#grace = new GracePeriods(leaveGraceMs, (member) => this.#look(member));
    this.#window = new Throttle(
      () => this.#tell(),
      () => Math.min(WINDOW_MS.max, Math.max(WINDOW_MS.min, connections.size * WINDOW_PER_SOCKET_MS)),
    );
  }

  /** Members that are here, those in their grace among them. */
  get count(): number {
    return this.#roster.size + this.#grace.absent.size;
  }

  /** What is shown of a member; undefined where it is not here. */
  entry(member: string): Member | undefined {
    const told = this.#grace.isFrozen(member) ? this.#told.get(member) : undefined;
    const shown = told === undefined || told.text === UNKNOWN ? undefined : told.entry;
    return this.#grace.absent.get(member) ?? shown ?? this.#roster.entry(member);
  }

  /** Who is here, those in their grace among them. */
  members(): string[] {
    return [...this.#roster.members(), ...this.#grace.absent.keys()];
  }

  /** For a newcomer: what the others have been told, or will be within a window; null where there are too many. */
  snapshotFor(): Member[] | null {
    if (this.count !== this.#counted) this.#counted = undefined;
    const list = this.snapshot();
    if (list === null) this.#isOwed = true;
    for (const { member } of list ?? []) if (!this.#told.has(member)) this.#hinted.add(member);
    return list;
  }

  /** The same for a caller that only asks, and is told of no change: nothing is noted. */
  snapshot(): Member[] | null {
    if (!this.#isListing || this.count > this.#listed) return null;
    return this.members().flatMap((member) => this.entry(member) ?? []);
  }

  /** For one that missed changes: the list as it is. */
  sendFull(session: Session): void {
    session.missedPresence = false;
    if (!session.can.has("presence")) return;
    const joined = this.snapshotFor() ?? [];
    this.#sender.send(session, { type: "presence", joined, left: [], updated: [], count: this.count });
  }

  /** Takes up what sessions from before a wake say. An eviction may have come before others were told of it. */
  onWake(): void {
    for (const session of this.#connections.sessions())
      if (session.can.has("presence")) this.#roster.add(session);
    this.#isListing = this.#roster.size <= this.#listed;
    if (!this.#isListing) return;
    for (const member of this.#roster.members()) {
      const news = [...this.#roster.sessionsOf(member)].map((session) => session.pendingPresence);
      if (news.some((each) => each !== undefined)) this.#news.add(member);
      if (!news.every((each) => each === "joined")) this.#toldOf(member, news.includes("updated"));
    }
    for (const session of this.#connections.sessions()) {
      for (const member of this.#unannounced.restore(session)) {
        if (this.#roster.has(member)) this.#unannounced.release(member);
        else this.#mourn(member);
      }
    }
    this.#counted = this.count;
    if (this.#news.size > 0) this.#window.request();
  }

  /** A member left before an eviction, and nobody may have been told. */
  #mourn(member: string): void {
    const entry = { member, name: "", state: null };
    this.#told.set(member, { entry, text: UNKNOWN });
    this.#grace.begin(member);
    if (!this.#grace.isGone(entry)) this.#news.add(member);
  }

  /** A session comes in. Others are told by `announce`, so that it gets its welcome first. */
  onJoin(session: Session): void {
    if (!session.can.has("presence")) return;
    const { member } = session;
    this.#roster.add(session);
    this.#unannounced.release(member);
    // One that is back has not set its state yet, so it is left as it was until the grace is over.
    if (!this.#grace.isBack(member) || !this.#told.has(member)) this.#news.add(member);
    if (this.#isListing && !this.#told.has(member)) session.pendingPresence = "joined";
    this.#moved(member);
  }

  /** Others hear of a new session after it has its welcome. */
  onLive(): void {
    if (this.#news.size > 0) this.#window.request();
  }

  onLeave(session: Session, end: LeaveReason): void {
    const { member } = session;
    const entry = this.entry(member);
    if (entry === undefined || !this.#roster.remove(session)) return;
    if (end === "dropped") this.#grace.begin(member);
    else if (end === "expelled") this.#grace.end(member);
    const isGone = !this.#roster.has(member);
    const stays = isGone ? this.#grace.isGone(entry) : this.#grace.isFrozen(member);
    if (!stays) this.#look(member);
    // Without a session there is nobody to be told, and nobody to keep what was not.
    if (this.#roster.size === 0) return;
    const untold = [...(isGone ? [member] : []), ...session.carriedLeaves].filter((each) =>
      this.#told.has(each),
    );
    this.#unannounced.carry(untold, this.#connections.sessions());
  }

  /** One that was sent away is not waited for. */
  endGrace(member: string): void {
    if (!this.#grace.has(member)) return;
    this.#grace.end(member);
    this.#look(member);
  }

  /** A session shows another name or state. */
  onRenew(session: Session): void {
    this.onChange(session);
  }

  onChange(session: Session): void {
    if (!this.#roster.has(session.member)) return;
    if (this.#isListing) session.pendingPresence ??= "updated";
    this.#grace.thaw(session.member);
    this.#look(session.member);
  }

  #look(member: string): void {
    this.#moved(member);
    if (this.count === 0) {
      this.#forget();
      return;
    }
    this.#news.add(member);
    this.#window.request();
  }

  #tell(): void {
    const { count } = this;
    const wasListing = this.#isListing;
    this.#isListing = count <= this.#listed && (wasListing || this.#mayList());
    const isWhole = this.#isListing && (!wasListing || (this.#isOwed && this.#mayList()));
    if (isWhole) this.#isOwed = false;
    const { joined, left, updated } = this.#change(isWhole);
    if (joined.length + left.length + updated.length === 0 && count === this.#counted) return;
    this.#counted = count;
    const back = this.#broadcaster.sendPresence({ type: "presence", joined, left, updated, count });
    for (const session of back) this.sendFull(session);
  }

  /** Whether everyone may be sent a whole list now; if not, it is seen to later. */
  #mayList(): boolean {
    const wait = this.#listedAt + LISTS_MS - Date.now();
    if (wait <= 0 || wait > LISTS_MS) {
      this.#listedAt = Date.now();
      return true;
    }
    this.#recount ??= setTimeout(() => {
      this.#recount = undefined;
      this.#window.request();
    }, wait);
    return false;
  }

  /** @param isWhole everyone is told of all who are here, and not of who is new only */
  #change(isWhole: boolean): Change {
    const change: Change = { joined: [], left: [], updated: [] };
    const news = [...this.#news, ...(isWhole ? this.members() : [])];
    this.#news.clear();
    if (this.#isListing) for (const member of new Set(news)) this.#changeOf(member, change);
    else this.#count();
    this.#hinted.clear();
    if (!isWhole) return change;
    const joined = this.members().map((member) => this.#told.get(member)?.entry);
    return { joined: joined.filter((entry) => entry !== undefined), left: change.left, updated: [] };
  }

  /** From now on there is only a count: who is in no list need not be taken out of it. */
  #count(): void {
    this.#told.clear();
    this.#unannounced.releaseAll();
  }

  #changeOf(member: string, { joined, left, updated }: Change): void {
    const before = this.#told.get(member);
    const now = this.#toldOf(member);
    if (now === undefined) {
      this.#unannounced.release(member);
      if (before !== undefined || this.#hinted.has(member)) left.push(member);
    } else if (before === undefined) joined.push(now.entry);
    else if (before.text !== now.text) updated.push(now.entry);
    for (const session of this.#roster.sessionsOf(member)) session.pendingPresence = undefined;
  }

  /** What is told of a member from now on; undefined where it is not here. */
  #toldOf(member: string, isStale = false): Told | undefined {
    const entry = this.#grace.absent.get(member) ?? this.#roster.entry(member);
    if (entry === undefined) {
      this.#told.delete(member);
      return undefined;
    }
    const told = { entry, text: isStale ? UNKNOWN : JSON.stringify(entry) };
    this.#told.set(member, told);
    return told;
  }

  /** Nobody is left to be told anything. */
  #forget(): void {
    this.#told.clear();
    this.#news.clear();
    this.#unannounced.clear();
    this.#grace.clear();
    this.#window.cancel();
    this.#hinted.clear();
    if (this.#recount !== undefined) clearTimeout(this.#recount);
    this.#recount = undefined;
    this.#isListing = true;
    this.#isOwed = false;
    this.#counted = 0;
  }
}
