import type { Retry } from "../protocol/codes.ts";
import type { Down } from "../protocol/down.ts";
import { PONG } from "../protocol/limits.ts";
import { Cursors } from "./cursors.ts";
import { credentialOf, type Dialled, dial } from "./dial.ts";
import { Emitter } from "./emitter.ts";
import { RoomError } from "./error.ts";
import type { RoomEvents } from "./events.ts";
import { Inbox } from "./inbox.ts";
import { messagesOf } from "./iterate.ts";
import { type Frame, Link, type Lost, lostBy, PATIENCE_MS } from "./link.ts";
import { Members } from "./members.ts";
import { binaryMessageIn, messagesIn, type RoomMessage } from "./message.ts";
import { cursorStore, guestKey, type JoinOptions, randomId } from "./options.ts";
import { Outbox, type Published } from "./outbox.ts";
import { type HistoryPage, Pages } from "./pages.ts";
import { Shown } from "./shown.ts";
import { type ConnectionEvent, type ConnectionState, next } from "./state.ts";
import { isShown, onDoubt } from "./surroundings.ts";

/** Refusals that another token may not meet. */
const OF_TOKENS: readonly string[] = ["invalid_token", "forbidden"];

/** A room that this client has joined; it reconnects by itself until `leave()`, or until it is refused for good. */
export class Room<T = unknown> {
  readonly name: string;
  /** Who is here: by member id, `self` among them. */
  readonly members: Members;
  readonly #options: JoinOptions;
  readonly #events = new Emitter<RoomEvents<T>>();
  readonly #shown: Shown;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #pages = new Pages();
  readonly #cursors: Cursors;
  readonly #guest: string;
  #state: ConnectionState = { status: "connecting", attempt: 0 };
  #link: Link | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stopDoubting: () => void;

  constructor(name: string, options: JoinOptions) {
    this.name = name;
    this.#options = options;
    this.members = new Members(this.#events);
    this.#shown = new Shown(this.members, (frame) => this.#send(frame));
    const history = options.history ?? 0;
    this.#cursors = new Cursors(cursorStore(name, options), (error) => this.#complain("cursor", error));
    this.#inbox = new Inbox(history, this.#cursors.load());
    this.#outbox = new Outbox(options.queue ?? 1000, () => this.#resend(false));
    this.#guest = guestKey();
    this.#stopDoubting = onDoubt(() => this.#doubt());
    void this.#connect();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** `<epoch>.<seq>` of the last message that was handed out; undefined before the first welcome. */
  get cursor(): string | undefined {
    return this.#inbox.cursor;
  }

  /** How many publishes are not settled yet. */
  get pending(): number {
    return this.#outbox.size;
  }

  /** Listens; the function that comes back stops it. */
  on<K extends keyof RoomEvents<T>>(type: K, listener: (event: RoomEvents<T>[K]) => void): () => void {
    return this.#events.on(type, listener);
  }

  /**
   * Sends any JSON, or bytes. Resolves once it is on disk, however often the connection breaks before that.
   * An `id` of the caller's may be published again after a restart: it lands once.
   * @throws RoomError `queue_full`, `closed`, or the code with which the server refused it for good
   */
  async publish(data: T | ArrayBuffer | ArrayBufferView, { id = randomId() } = {}): Promise<Published> {
    if (this.#state.status === "closed") throw new RoomError("closed", "The room is closed.");
    const { frame, published } = this.#outbox.add(id, data);
    this.#send(frame);
    return published;
  }

  /**
   * Older messages, oldest first.
   * @throws RoomError `closed` where the connection breaks before the answer
   */
  async history(query: { before?: number; limit?: number } = {}): Promise<HistoryPage> {
    if (this.#state.status !== "live") throw new RoomError("closed", "The room is not connected.");
    const id = randomId();
    const frame = JSON.stringify({ ...query, type: "history", id });
    const page = this.#pages.ask(id);
    this.#link?.send(frame);
    return page;
  }

  /** Shows others any JSON beside this member's name, for as long as this client is here. */
  setState(state: unknown): void {
    this.#shown.show("state", state);
  }

  /** Another name; for guests only, since a token brings its own. */
  setName(name: string): void {
    this.#shown.show("name", name);
  }

  /**
   * Sends ephemeral data to all, or to the members `to`: not stored, and dropped where there is no connection. With a `key`,
   * it may be sent at any rate: the latest of that key goes out as often as the service takes it, the last one always.
   */
  signal(data: unknown, options: { to?: string[]; key?: string } = {}): void {
    this.#shown.signal(data, options);
  }

  /** Says goodbye and stays away. Publishes that are not settled are refused. */
  leave(): void {
    this.#on({ type: "end", code: "left", reason: "left" });
  }

  /** Messages from now on. Ends when the room is left or closed. What is not taken yet is kept in memory. */
  [Symbol.asyncIterator](): AsyncIterableIterator<RoomMessage<T>> {
    return messagesOf<RoomMessage<T>>(this);
  }

  /** Over a live connection, or not at all. */
  #send(frame: Frame): void {
    if (this.#state.status === "live") this.#link?.send(frame);
  }

  #doubt(): void {
    if (this.#state.status === "live") this.#link?.doubt();
    else if (isShown()) this.#on({ type: "retry" });
  }

  #on(event: ConnectionEvent): void {
    const before = this.#state;
    const after = next(before, event, Date.now(), Math.random);
    if (after === before) return;
    this.#state = after;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    if (after.status === "waiting") {
      this.#timer = setTimeout(() => this.#on({ type: "retry" }), after.until - Date.now());
    } else if (after.status === "closed") this.#end(after);
    if (after.status !== "live") this.#pages.end();
    this.#events.emit("state", after);
    // A listener may have left the room.
    if (after.status === "connecting" && this.#state === after) void this.#connect();
  }

  #lost(lost: Lost): void {
    this.#on({ ...lost, type: "lost" });
  }

  #giveUp(retry: Retry): void {
    this.#link?.drop(3000);
    this.#lost(lostBy(retry));
  }

  async #connect(): Promise<void> {
    const attempt = this.#state;
    this.#timer = setTimeout(() => this.#giveUp("later"), PATIENCE_MS);
    try {
      const credential = await credentialOf(this.#options, this.#guest);
      if (this.#state !== attempt) return;
      const known = { name: this.#shown.accepted() ?? this.#options.name, cursor: this.#inbox.cursor };
      const { socket, why } = dial(this.name, this.#options, credential, known);
      const link = new Link(socket, {
        frame: (data) => {
          if (this.#link === link) this.#take(data);
        },
        lost: (event) => {
          if (this.#link === link) void this.#ended(event, why);
        },
      });
      this.#link = link;
    } catch (error) {
      if (this.#state !== attempt) return;
      this.#complain("token", error);
      this.#lost(lostBy("later"));
    }
  }

  /** Of an attempt that failed, a browser does not tell why. */
  async #ended(event: Lost, why: Dialled["why"]): Promise<void> {
    let refusal = this.#state.status === "connecting" ? await why() : undefined;
    // A token that is asked for each time may be a better one next time.
    if (refusal && typeof this.#options.token === "function" && OF_TOKENS.includes(refusal.code)) {
      this.#complain(refusal.code, refusal.reason);
      refusal = undefined;
    }
    this.#lost(refusal ?? event);
  }

  #complain(code: string, error: unknown): void {
    this.#events.emit("error", new RoomError(code, String(error)));
  }

  /** A frame that is none of the protocol's is a fault of the connection, and is healed like one. */
  #take(data: Frame): void {
    try {
      if (data instanceof ArrayBuffer) {
        const message = binaryMessageIn<T>(data);
        this.#deliver(message.seq, [message]);
      } else if (data !== PONG) this.#event(JSON.parse(data));
    } catch (error) {
      this.#complain("bad_frame", error);
      this.#giveUp("later");
    }
    // Listeners have been told by now: one that is slow makes this client a slow reader.
    const seq = this.#inbox.weigh(data);
    if (seq !== undefined) this.#send(JSON.stringify({ type: "received", seq }));
  }

  #event(event: Down): void {
    switch (event.type) {
      case "welcome": {
        const gap = this.#inbox.welcome(event);
        if (gap !== undefined) this.#events.emit("gap", gap);
        this.#link?.live(event.heartbeat);
        this.members.take(event);
        this.#on({ type: "welcome", welcome: event });
        this.#shown.again(event.limits.signalRate);
        this.#resend(true);
        this.#cursors.save(this.#inbox.cursor);
        break;
      }
      case "messages":
        this.#deliver(event.first, messagesIn(event));
        break;
      case "presence":
        this.members.take(event);
        break;
      case "signals":
        for (const signal of event.signals) this.#events.emit("signal", signal);
        break;
      case "ack":
        this.#outbox.landed(event.id, event.seq);
        break;
      case "history":
        this.#pages.answer(event.id, event);
        break;
      case "error":
        this.#refused(event);
        break;
      case "mark":
        this.#send(JSON.stringify({ type: "received", seq: this.#inbox.seq, mark: event.mark }));
        break;
      case "bye":
        this.#link?.bye({ ...event, reason: event.code });
        break;
    }
  }

  #deliver(first: number, messages: RoomMessage<T>[]): void {
    const seen = this.#inbox.admit(first, messages.length);
    if (seen === undefined) {
      // Something is missing: come back with the cursor, and be sent it.
      this.#giveUp("now");
      return;
    }
    for (const message of messages) this.#outbox.landed(message.id, message.seq);
    for (const message of messages.slice(seen)) {
      // A listener may have left the room.
      if (this.#state.status === "closed") return;
      this.#events.emit("message", message);
    }
    this.#cursors.save(this.#inbox.cursor);
  }

  #refused({ code, message, id, retryAfter }: Extract<Down, { type: "error" }>): void {
    const error = new RoomError(code, message);
    if (code === "token_expiring") void this.#renew();
    const wasAsked =
      id !== undefined && (this.#pages.refuse(id, error) || this.#outbox.refuse(id, error, retryAfter));
    if (wasAsked) return;
    if (!retryAfter) this.#shown.refused();
    this.#events.emit("error", error);
  }

  #resend(all: boolean): void {
    if (this.#state.status !== "live") return;
    for (const frame of this.#outbox.again(Date.now(), all)) this.#link?.send(frame);
  }

  /** The session goes on with a fresh token, if there is a way to get one; else it ends with the old one. */
  async #renew(): Promise<void> {
    if (typeof this.#options.token !== "function") return;
    try {
      const token = await credentialOf(this.#options, this.#guest);
      this.#link?.send(JSON.stringify({ type: "auth", token }));
    } catch (error) {
      this.#complain("token", error);
    }
  }

  #end({ code, reason }: { code: string; reason: string }): void {
    this.#link?.drop(1000);
    this.#link = undefined;
    this.#outbox.end(new RoomError(code, reason));
    this.members.clear();
    this.#stopDoubting();
  }
}
