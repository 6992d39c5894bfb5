import { batch, computed, signal } from "@preact/signals";
import {
  type ConnectionState,
  joinRoom,
  type Member,
  type Members,
  type Room,
  type RoomError,
} from "../../client/index.ts";
import { Tap } from "../frames/tap.ts";
import { Draft } from "./draft.ts";
import { type Message, messageOf, messageOfPage, type Said } from "./message.ts";
import { isAttentive, Reading } from "./reading.ts";
import { Typing } from "./typing.ts";
import { forgetUnsent, keepUnsent, loadUnsent, newId, progressOf, type Unsent } from "./unsent.ts";

const HISTORY = 60;
/** The service ends a page sooner where its messages are heavy. */
const PAGE = 120;
const PROGRESS_MS = 120;
const OLDER_AGAIN_MS = 2000;
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
  readonly unsent = signal<readonly Unsent[]>([]);
  readonly progress = signal<ReadonlyMap<string, number>>(new Map());
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
  /** The latest message of somebody else, for those who do not see the screen. */
  readonly announced = signal<Message | undefined>(undefined);
  /** Whether the newest message is in view. */
  readonly atEnd = signal(false);
  readonly draft: Draft;
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
  readonly #publishing = new Set<Promise<void>>();
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(room: string, who: Who) {
    this.room = room;
    this.#who = who;
    this.myName.value = who.name;
    this.reading = new Reading(room, this.messages, this.me);
    this.unsent.value = loadUnsent(room);
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
    for (const unsent of this.unsent.peek()) if (unsent.why === undefined) this.#publish(unsent);
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
    const unsent: Unsent = { id: newId(), at: Date.now(), said };
    keepUnsent(this.room, unsent);
    this.unsent.value = [...this.unsent.value, unsent];
    this.typing.sent();
    this.#publish(unsent);
  }

  retry(id: string): void {
    const unsent = this.unsent.value.find((one) => one.id === id);
    if (unsent === undefined) return;
    const { why: _, code: __, ...again } = unsent;
    this.#put(again);
    this.#publish(again);
  }

  discard(id: string): void {
    forgetUnsent(this.room, id);
    this.unsent.value = this.unsent.value.filter((one) => one.id !== id);
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
        this.messages.value = [...page.messages.map(messageOfPage), ...this.messages.value];
        this.hasOlder.value = page.more;
      });
    } catch {
      // The connection broke, or the service has too much to do: it is asked again while the reader is near the top.
      this.#olderFrom = Date.now() + OLDER_AGAIN_MS;
    } finally {
      this.isLoading.value = false;
    }
  }

  /** Stays connected until all that was said has arrived, and no longer. */
  retire(): void {
    this.typing.end();
    void Promise.allSettled(this.#publishing).then(() => {
      clearInterval(this.#watch);
      this.#room?.leave();
    });
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
      this.reading.welcome(epoch, seq);
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
      if (this.unsent.value.some(({ id }) => ids.has(id)))
        this.unsent.value = this.unsent.value.filter(({ id }) => !ids.has(id));
      this.reading.arrived(last, fresh, isAttentive() && this.atEnd.value, this.me.value);
      for (const { from } of fresh) this.typing.stopped(from);
      this.#announce(fresh);
    });
  }

  /** What was said before one came is not news. */
  #announce(fresh: readonly Message[]): void {
    const state = this.state.value;
    const latest = fresh.findLast(({ from }) => from !== this.me.value);
    if (state.status === "live" && latest !== undefined && latest.seq > state.welcome.seq)
      this.announced.value = latest;
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

  #publish({ id, said }: Unsent): void {
    const room = this.#room;
    if (room === undefined) return;
    if (typeof said !== "string") this.#watchProgress();
    const done = room
      .publish(typeof said === "string" ? { text: said } : said, { id })
      .then(() => this.discard(id))
      .catch(({ code, message }: RoomError) => {
        // A room that is closed has refused nobody's message: it waits for the next time that one is let in.
        const unsent = this.unsent.value.find((one) => one.id === id);
        if (room.state.status !== "closed" && unsent !== undefined)
          this.#put({ ...unsent, why: message, code });
      })
      .finally(() => this.#publishing.delete(done));
    this.#publishing.add(done);
  }

  #put(unsent: Unsent): void {
    keepUnsent(this.room, unsent);
    this.unsent.value = this.unsent.value.map((one) => (one.id === unsent.id ? unsent : one));
  }

  /** The socket does not tell when something has left the browser, so it is asked while there is something large. */
  #watchProgress(): void {
    this.#watch ??= setInterval(() => {
      const unsent = this.unsent.value;
      const isLive = this.state.value.status === "live";
      this.progress.value = isLive ? progressOf(unsent, this.tap.buffered) : new Map();
      if (unsent.some(({ said }) => typeof said !== "string")) return;
      clearInterval(this.#watch);
      this.#watch = undefined;
    }, PROGRESS_MS);
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
