import type { Member } from "../../protocol/down.ts";
import type { Broadcaster } from "../delivery/broadcaster.ts";
import type { Sender } from "../delivery/sender.ts";
import type { RoomModule } from "../modules.ts";
import type { LeaveReason } from "../sessions/close.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import { Throttle } from "../throttle.ts";
import { AnnouncedList } from "./announced-list.ts";
import { Cooldown } from "./cooldown.ts";
import { GracePeriods } from "./grace-periods.ts";
import { Roster } from "./roster.ts";
import { UnannouncedLeaves } from "./unannounced-leaves.ts";

/** The window between two broadcasts grows with the number of sockets: it keeps broadcasts to a tenth of the room's time. */
const WINDOW_PER_SOCKET_MS = 0.5;
const WINDOW_MS = { min: 2, max: 1000 } as const;

/** Whole lists are broadcast at most this often, in a room whose number of members is close to the limit. */
const WHOLE_LIST_MS = 5000;

type Change = { joined: Member[]; left: string[]; updated: Member[] };

/**
 * The list of members. All sessions receive the same changes, at most once in a window.
 *
 * Two things are the truth: the present members, which are those with an open session (`#roster`) and those in their grace
 * period (`#grace`), and the list that sessions were sent (`#announced`). A broadcast is the difference between them, for the
 * members in `#pending`. After a wake, all of it is restored from the sessions; nothing is stored elsewhere.
 */
export class Presence implements RoomModule {
  readonly name = "presence";
  readonly #connections: ConnectionManager;
  readonly #sender: Sender;
  readonly #broadcaster: Broadcaster;
  readonly #maxListed: number;
  readonly #onMemberChange: (member: string) => void;
  readonly #roster = new Roster();
  readonly #grace: GracePeriods;
  readonly #announced = new AnnouncedList();
  /** Members whose announced entry may be out of date. While there is a list, every member that is not in it is pending. */
  readonly #pending = new Set<string>();
  readonly #unannouncedLeaves = new UnannouncedLeaves();
  readonly #window: Throttle;
  readonly #wholeLists: Cooldown;

  /**
   * @param membersListed with more members than this, sessions are sent only the count
   * @param leaveGraceMs how long a member whose socket dropped counts as present
   * @param onMemberChange is called when a member may have joined or left
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
    this.#connections = connections;
    this.#sender = sender;
    this.#broadcaster = broadcaster;
    this.#maxListed = membersListed;
    this.#onMemberChange = onMemberChange;
    this.#grace = new GracePeriods(leaveGraceMs, (member) => this.#update(member));
    this.#window = new Throttle(
      () => this.#broadcast(),
      () => Math.min(WINDOW_MS.max, Math.max(WINDOW_MS.min, connections.size * WINDOW_PER_SOCKET_MS)),
    );
    this.#wholeLists = new Cooldown(WHOLE_LIST_MS, () => this.#window.request());
  }

  /** The number of present members, including those in their grace period. */
  get count(): number {
    return this.#roster.size + this.#grace.absent.size;
  }

  /** The member as others see it; undefined if it is not present. */
  entry(member: string): Member | undefined {
    const announced = this.#grace.isFrozen(member) ? this.#announced.entry(member) : undefined;
    return this.#grace.absent.get(member) ?? announced ?? this.#roster.entry(member);
  }

  /** The present members, including those in their grace period. */
  members(): string[] {
    return [...this.#roster.members(), ...this.#grace.absent.keys()];
  }

  /** The list for a session that receives the next changes; null if there are too many members. */
  snapshotFor(): Member[] | null {
    const list = this.snapshot();
    this.#announced.onSnapshot(list, this.count);
    return list;
  }

  /** The list for a caller that receives no changes; null if there are too many members. */
  snapshot(): Member[] | null {
    if (this.#announced.scope === "none" || this.count > this.#maxListed) return null;
    return this.members().flatMap((member) => this.entry(member) ?? []);
  }

  /** Sends the list to a session that has missed changes. */
  sendFull(session: Session): void {
    session.missedPresence = false;
    if (!session.can.has("presence")) return;
    const joined = this.snapshotFor() ?? [];
    this.#sender.send(session, { type: "presence", joined, left: [], updated: [], count: this.count });
  }

  /** Restores the list from the sessions after a wake, and the changes that were not broadcast before it. */
  onWake(): void {
    for (const session of this.#connections.sessions())
      if (session.can.has("presence")) this.#roster.add(session);
    if (this.#roster.size > this.#maxListed) {
      this.#announced.scope = "none";
      return;
    }
    for (const member of this.#roster.members()) this.#restoreMember(member);
    for (const session of this.#connections.sessions()) {
      for (const member of this.#unannouncedLeaves.restore(session)) {
        if (this.#roster.has(member)) this.#unannouncedLeaves.release(member);
        else this.#restoreLeave(member);
      }
    }
    this.#announced.count = this.count;
    this.onLive();
  }

  #restoreMember(member: string): void {
    const changes = [...this.#roster.sessionsOf(member)].map((session) => session.pendingPresence);
    if (changes.some((change) => change !== undefined)) this.#pending.add(member);
    const entry = this.#roster.entry(member);
    const isAnnounced = changes.some((change) => change !== "joined");
    if (entry !== undefined && isAnnounced) this.#announced.restore(entry, changes.includes("updated"));
  }

  /** The member left before the wake, and its leave may not have been broadcast. It has a grace period to return. */
  #restoreLeave(member: string): void {
    const entry = { member, name: "", state: null };
    this.#announced.restore(entry, true);
    this.#grace.begin(member);
    if (!this.#grace.keepAbsent(entry)) this.#pending.add(member);
  }

  /** A session joined. `onLive` broadcasts it, so that the session receives its welcome first. */
  onJoin(session: Session): void {
    if (!session.can.has("presence")) return;
    const { member } = session;
    this.#roster.add(session);
    this.#unannouncedLeaves.release(member);
    const isAnnounced = this.#announced.has(member);
    // A session that returns has not sent its state yet: its member is shown as before until then.
    if (!this.#grace.onReturn(member) || !isAnnounced) this.#pending.add(member);
    if (this.#announced.scope !== "none" && !isAnnounced) session.pendingPresence = "joined";
    this.#onMemberChange(member);
  }

  /** Broadcasts pending changes, at the latest at the end of the window. */
  onLive(): void {
    if (this.#pending.size > 0) this.#window.request();
  }

  onLeave(session: Session, reason: LeaveReason): void {
    const { member } = session;
    const entry = this.entry(member);
    if (entry === undefined || !this.#roster.remove(session)) return;
    if (reason === "lost" || reason === "closed") this.#grace.begin(member);
    else if (reason === "kicked") this.#grace.end(member);
    const isLastSession = !this.#roster.has(member);
    const isUnchanged = isLastSession ? this.#grace.keepAbsent(entry) : this.#grace.isFrozen(member);
    if (!isUnchanged) this.#update(member);
    // Without a session, no client receives the leave and no attachment can carry it.
    if (this.#roster.size === 0) return;
    const leaves = [...(isLastSession ? [member] : []), ...session.carriedLeaves];
    this.#unannouncedLeaves.carry(
      leaves.filter((each) => this.#announced.has(each)),
      this.#connections.sessions(),
    );
  }

  /** Ends the grace period of a member that was kicked. */
  endGrace(member: string): void {
    if (!this.#grace.has(member)) return;
    this.#grace.end(member);
    this.#update(member);
  }

  onRenew(session: Session): void {
    this.onChange(session);
  }

  /** A session has set another name or state. */
  onChange(session: Session): void {
    if (!this.#roster.has(session.member)) return;
    if (this.#announced.scope !== "none") session.pendingPresence ??= "updated";
    this.#grace.unfreeze(session.member);
    this.#update(session.member);
  }

  #update(member: string): void {
    this.#onMemberChange(member);
    if (this.count === 0) {
      this.#reset();
      return;
    }
    this.#pending.add(member);
    this.#window.request();
  }

  #broadcast(): void {
    const { count } = this;
    const isWhole = this.#updateScope();
    const { joined, left, updated } = this.#takeChange(isWhole);
    if (joined.length + left.length + updated.length === 0 && count === this.#announced.count) return;
    this.#announced.count = count;
    const back = this.#broadcaster.sendPresence({ type: "presence", joined, left, updated, count });
    for (const session of back) this.sendFull(session);
  }

  /** @returns whether all sessions are sent the whole list now, since some have none */
  #updateScope(): boolean {
    if (this.count > this.#maxListed) {
      this.#announced.scope = "none";
      return false;
    }
    if (this.#announced.scope === "all" || !this.#wholeLists.tryStart()) return false;
    this.#announced.scope = "all";
    return true;
  }

  /** Takes the changes of pending members, or, if `isWhole`, the whole list and all leaves. */
  #takeChange(isWhole: boolean): Change {
    const change: Change = { joined: [], left: [], updated: [] };
    const members = new Set([...this.#pending, ...(isWhole ? this.members() : [])]);
    this.#pending.clear();
    if (this.#announced.scope === "none") {
      this.#announced.clearMembers();
      this.#unannouncedLeaves.releaseAll();
      return change;
    }
    for (const member of members) this.#announceMember(member, change);
    if (!isWhole) return change;
    const all = this.members().flatMap((member) => this.#announced.entry(member) ?? []);
    return { joined: all, left: change.left, updated: [] };
  }

  #announceMember(member: string, change: Change): void {
    const entry = this.#grace.absent.get(member) ?? this.#roster.entry(member);
    const kind = this.#announced.set(member, entry);
    if (entry === undefined) this.#unannouncedLeaves.release(member);
    if (kind === "left") change.left.push(member);
    else if (kind !== undefined && entry !== undefined) change[kind].push(entry);
    for (const session of this.#roster.sessionsOf(member)) session.pendingPresence = undefined;
  }

  /** No member is left, so no session is sent anything. */
  #reset(): void {
    this.#announced.reset();
    this.#pending.clear();
    this.#unannouncedLeaves.clear();
    this.#grace.clear();
    this.#window.cancel();
    this.#wholeLists.cancel();
  }
}
