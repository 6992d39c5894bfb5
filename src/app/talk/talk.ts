import { batch, computed, signal } from "@preact/signals";
import {
  type ConnectionState,
  joinRoom,
  type Member,
  type Members,
  type CoreRoom as Room,
  type RoomError,
} from "../../client/core.ts";
import { Tap } from "../frames/tap.ts";
import { Draft } from "./draft.ts";
import { type Message, messageOf, type Said } from "./message.ts";
import { Outgoing } from "./outgoing.ts";
import { isAttentive, Reading } from "./reading.ts";
import { Typing } from "./typing.ts";

const HISTORY = 60;
/** The service ends a page sooner where its messages are heavy. */
const PAGE = 120;
/** How many messages are read out after each other; a busy room would never come to an end. */
const SPOKEN = 5;
const OLDER_AGAIN_MS = 2000;
/** How far back one is taken to what is new: who was away for longer begins somewhere in it. */
const PAGES_BACK = 8;
/** Until the service says what it takes. */
const MESSAGE_BYTES = 262_144;

/** Errors that somebody can do something about, a name that is not taken above all. */
const TOLD: ReadonlySet<string> = new Set(["invalid_name", "invalid_event", "forbidden"]);

export type Who = { name: string; token: string | undefined };

/** One room as this page shows it: all that is seen of it are signals. */
export class Talk {
  readonly room: string;
  readonly tap = new Tap();
  readonly state = signal<ConnectionState>({ status: "connecting", attempt: 0 });
  readonly messages = signal<readonly Message[]>([]);
  readonly members = signal<readonly Member[]>([]);
  readonly count = signal(0);
  /** Whether the service tells who is here. */
  readonly listed = signal(false);
  readonly me = signal<string | undefined>(undefined);
  /** What others see. */
  readonly myName = signal("");
  readonly isLoading = signal(false);
  readonly hasOlder = signal(false);
  readonly wasErased = signal(false);
  /** The latest messages of others, for those who do not see the screen. */
  readonly announced = signal<readonly Message[]>([]);
  /** How many were new when the last connection had caught up, for the same; 0 once it has been told. */
  readonly missed = signal(0);
  /** Whether the reader is at the end, and is taken along with what comes. */
  readonly atEnd = signal(true);
  /** Whether some of what was missed is still to come. Until then nothing counts as seen. */
  readonly isCatchingUp = signal(true);
  readonly draft: Draft;
  readonly outgoing: Outgoing;
  /** What the service refused of this person's doings, beside messages. */
  readonly refused = signal<RoomError | undefined>(undefined);
  readonly mayPublish = computed(() => this.#may("publish"));
  readonly messageBytes = computed(() =>
    this.state.value.status === "live" ? this.state.value.welcome.limits.messageBytes : MESSAGE_BYTES,
  );
  readonly reading: Reading;
  readonly typing = new Typing((typing) => this.#tellTyping(typing));
  #who: Who;
  #room: Room<Said> | undefined;
  #cursor: string | undefined;
  #incoming: Message[] = [];
  #afterGap = false;
  #olderFrom = 0;
  #isRetired = false;

  constructor(room: string, who: Who) {
    this.room = room;
    this.#who = who;
    this.myName.value = who.name;
    this.reading = new Reading(room, this.messages, this.me, this.hasOlder);
    this.outgoing = new Outgoing(room, this.tap, () => this.#rest());
    this.draft = new Draft(room);
    this.join(who);
  }

  /** Joins, or joins anew: what was shown stays, and what is not sent goes out under the ids that it has. */
  join(who: Who): void {
    this.#room?.leave();
    this.#who = who;
    const room = joinRoom<Said>(this.room, {
      name: who.name,
      history: HISTORY,
      // In this page only: one that is loaded again wants to show what was said before.
      cursor: {
        load: () => this.#cursor,
        save: (cursor) => {
          this.#cursor = cursor;
        },
      },
      socket: this.tap.socket,
      ...(who.token === undefined ? undefined : { token: who.token }),
    });
    this.#room = room;
    this.state.value = room.state;
    room.on("state", (state) => this.#changed(room, state));
    room.on("message", (message) => this.#arrive(messageOf(message)));
    room.on("gap", ({ reason }) => this.#broken(reason === "epoch" || reason === "ahead"));
    room.on("members", (members) => this.#met(members));
    room.on("error", (error) => {
      if (TOLD.has(error.code)) this.refused.value = error;
    });
    room.on("signal", ({ from, data }) => {
      if (from !== this.me.peek()) this.typing.heard(from, data);
    });
    this.outgoing.over(room);
  }

  /** The same connection under another name; where there is none, since the name before was refused, another try. */
  rename(name: string): void {
    if (name === this.#who.name) return;
    this.#who = { ...this.#who, name };
    if (this.#who.token !== undefined) return;
    if (this.state.peek().status === "closed") this.join(this.#who);
    this.myName.value = name;
    this.#room?.setName(name);
  }

  say(said: string | Uint8Array<ArrayBuffer>): void {
    this.typing.sent();
    this.outgoing.say(said);
    // A file that was made ready only after everything else had arrived, and one had gone to another room.
    if (this.#isRetired && this.#room?.state.status === "closed") this.join(this.#who);
  }

  async loadOlder(): Promise<void> {
    const first = this.messages.value[0];
    const isBusy = this.isLoading.value || this.state.value.status !== "live" || Date.now() < this.#olderFrom;
    if (isBusy || !this.hasOlder.value || first === undefined) return;
    this.isLoading.value = true;
    try {
      const page = await this.#room?.history({ before: first.seq, limit: PAGE });
      // Meanwhile the room may have been erased.
      if (page === undefined || this.messages.value[0] !== first) return;
      batch(() => {
        this.messages.value = [...page.messages.map(messageOf), ...this.messages.value];
        this.hasOlder.value = page.more;
      });
    } catch {
      // The connection broke, or the service has too much to do: it is asked again while the reader is near the top.
      this.#olderFrom = Date.now() + OLDER_AGAIN_MS;
    } finally {
      this.isLoading.value = false;
    }
  }

  /** Stays connected until all that was said has arrived, and no longer. Nobody reads here meanwhile. */
  retire(): void {
    this.typing.end();
    this.#isRetired = true;
    this.#rest();
  }

  #rest(): void {
    if (this.#isRetired && this.outgoing.isIdle) this.#room?.leave();
  }

  #changed(room: Room<Said>, state: ConnectionState): void {
    if (room !== this.#room) return;
    batch(() => {
      this.state.value = state;
      if (state.status !== "live") {
        this.typing.end();
        return;
      }
      const { member, name, epoch, seq } = state.welcome;
      this.me.value = member;
      this.myName.value = name;
      const queued = new Set(this.outgoing.unsent.value.map(({ id }) => id));
      if (!this.#isRetired) this.reading.welcome(epoch, seq, queued);
      this.isCatchingUp.value = this.#isBehind();
    });
  }

  #met(members: Members): void {
    batch(() => {
      this.members.value = [...members.values()];
      this.count.value = members.count;
      if (members.self !== undefined) this.myName.value = members.self.name;
      this.listed.value = members.listed;
    });
  }

  /** Messages of one frame come one by one; they are shown together. */
  #arrive(message: Message): void {
    this.#incoming.push(message);
    if (this.#incoming.length === 1) queueMicrotask(() => this.#show());
  }

  #show(): void {
    const all = this.messages.value;
    const last = all.at(-1)?.seq ?? 0;
    const fresh = this.#incoming.filter(({ seq }) => seq > last);
    this.#incoming = [];
    const [first] = fresh;
    if (first === undefined) return;
    if (this.#afterGap) first.gap = true;
    this.#afterGap = false;
    const ids = new Set(fresh.map(({ id }) => id));
    batch(() => {
      if (all.length === 0) this.hasOlder.value = first.seq > 1;
      this.messages.value = [...all, ...fresh];
      this.outgoing.landed(ids);
      const isSeen = isAttentive() && this.atEnd.value && !this.isCatchingUp.value;
      if (!this.#isRetired) this.reading.arrived(last, fresh, isSeen, this.me.value);
      for (const { from } of fresh) this.typing.stopped(from);
      this.#announce(fresh);
    });
    if (this.isCatchingUp.value && !this.#isBehind()) void this.#loadBack();
  }

  #isBehind(): boolean {
    const state = this.state.value;
    return state.status !== "live" || (this.messages.value.at(-1)?.seq ?? 0) < state.welcome.seq;
  }

  /** All that was sent is here; what is new may begin before it. */
  async #loadBack(): Promise<void> {
    for (let page = 0; page < PAGES_BACK; page++) {
      const first = this.messages.value[0]?.seq ?? 0;
      if (first <= (this.reading.mark.value ?? first) + 1) break;
      await this.loadOlder();
      if (this.messages.value[0]?.seq === first) break;
    }
    batch(() => {
      this.missed.value = this.reading.unread.value;
      this.isCatchingUp.value = this.#isBehind();
    });
  }

  /** What was said before one came is not news. */
  #announce(fresh: readonly Message[]): void {
    const state = this.state.value;
    if (state.status !== "live") return;
    const { member, seq } = state.welcome;
    const news = fresh.filter((message) => message.from !== member && message.seq > seq);
    if (news.length > 0) this.announced.value = [...this.announced.value, ...news].slice(-SPOKEN);
  }

  #broken(isNew: boolean): void {
    if (!isNew) {
      this.#afterGap = true;
      return;
    }
    this.#incoming = [];
    batch(() => {
      this.messages.value = [];
      this.hasOlder.value = false;
      this.wasErased.value = true;
    });
  }

  /** As long as nothing else is known, one may. */
  #may(what: "publish" | "signal"): boolean {
    const state = this.state.value;
    return state.status !== "live" || state.welcome.can.includes(what);
  }

  #tellTyping(typing: boolean): void {
    const room = this.#room;
    // Nobody is woken to be told that nobody else is there.
    if (room?.state.status !== "live" || !this.#may("signal") || this.count.value < 2) return;
    room.signal({ typing }, { key: "typing" });
  }
}
