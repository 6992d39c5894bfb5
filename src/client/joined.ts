import { decodeBinary } from "../protocol/binary.ts";
import type { BinaryDown, Down } from "../protocol/down.ts";
import { PONG, SUBPROTOCOL } from "../protocol/limits.ts";
import { NO_ROOM, refusalOf, roomAddress } from "./address.ts";
import { Cursors } from "./cursors.ts";
import { Emitter } from "./emitter.ts";
import { RoomError } from "./error.ts";
import type { RoomEvents, RoomMessage } from "./events.ts";
import { Inbox } from "./inbox.ts";
import { messagesOf } from "./iterate.ts";
import { Link } from "./link.ts";
import { cursorStore, guestKey, type JoinOptions, randomId, runtimeSocket } from "./options.ts";
import { Outbox, type Published } from "./outbox.ts";
import { type HistoryPage, Pages } from "./pages.ts";
import { type ConnectionEvent, type ConnectionState, next } from "./state.ts";
import { isShown, onDoubt } from "./surroundings.ts";

/** Errors of a publish after which the same one may still land. */
const PASSING: ReadonlySet<string> = new Set(["rate_limited", "unavailable"]);
const PASSING_WAIT_MS = 1000;
const TIMER_SLACK_MS = 5;

/** A room that this client has joined; it reconnects by itself until `leave()`, or until it is refused for good. */
export class Room<T = unknown> {
  readonly name: string;
  readonly #options: JoinOptions;
  readonly #events = new Emitter<RoomEvents<T>>();
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #pages = new Pages();
  readonly #cursors: Cursors;
  readonly #guest: string;
  #state: ConnectionState = { status: "connecting", attempt: 0 };
  #link: Link | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Timers of what was put off. */
  readonly #late = new Set<ReturnType<typeof setTimeout>>();
  readonly #stopDoubting: () => void;

  constructor(name: string, options: JoinOptions) {
    this.name = name;
    this.#options = options;
    const history = options.history ?? 0;
    this.#cursors = new Cursors(cursorStore(name, options), (error) => this.#events.emit("error", error));
    this.#inbox = new Inbox(history, this.#cursors.load());
    this.#outbox = new Outbox(options.queue ?? 1000);
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
   * @throws RoomError `queue_full`, `closed`, or the code with which the server refused it for good
   */
  async publish(data: T | ArrayBuffer | ArrayBufferView): Promise<Published> {
    if (this.#state.status === "closed")
      throw new RoomError("closed", "This room was left, or is closed to you.");
    const { frame, published } = this.#outbox.add(randomId(), data);
    if (this.#state.status === "live") this.#link?.send(frame);
    return published;
  }

  /**
   * Older messages, oldest first.
   * @throws RoomError `closed` where the connection breaks before the answer
   */
  async history(query: { before?: number; limit?: number } = {}): Promise<HistoryPage> {
    if (this.#state.status !== "live") throw new RoomError("closed", "There is no connection to ask over.");
    const id = randomId();
    const frame = JSON.stringify({ ...query, type: "history", id });
    const page = this.#pages.ask(id);
    this.#link?.send(frame);
    return page;
  }

  /** Says goodbye and stays away. Publishes that are not settled are refused. */
  leave(): void {
    this.#on({ type: "end", code: "left", reason: "left by the application" });
  }

  /** Messages from now on. Ends when the room is left or closed. What is not taken yet is kept in memory. */
  [Symbol.asyncIterator](): AsyncIterableIterator<RoomMessage<T>> {
    return messagesOf<RoomMessage<T>>(this);
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

  async #connect(): Promise<void> {
    const attempt = this.#state;
    let link: Link | undefined;
    if (NO_ROOM.test(this.name)) {
      this.#on({ type: "end", code: "invalid_room", reason: "No room has this name." });
      return;
    }
    try {
      const credential = await this.#credential();
      if (this.#state !== attempt) return;
      const url = this.#address();
      const make = this.#options.socket ?? runtimeSocket;
      const socket = make(url.href.replace(/^http/, "ws"), [SUBPROTOCOL, `bearer.${credential}`]);
      link = this.#link = new Link(socket, {
        frame: (data) => {
          if (this.#link === link) this.#take(data);
        },
        beat: () => this.#resend(false),
        lost: (event) => {
          if (this.#link !== link) return;
          const unseen = this.#state.status === "connecting";
          this.#on({ type: "lost", ...event });
          if (unseen) void this.#askWhy(url, credential);
        },
      });
    } catch (error) {
      // The token could not be had, or no socket be made of it.
      if (this.#state !== attempt) return;
      this.#events.emit("error", new RoomError("token", String(error)));
      this.#on({ type: "lost", retry: "later", after: 0, code: "token", reason: String(error) });
    }
  }

  async #askWhy(url: URL, credential: string): Promise<void> {
    const problem = await refusalOf(url, credential);
    if (problem === undefined || this.#state.status === "live") return;
    // A token that is asked for each time may be a better one next time.
    if (problem.code === "invalid_token" && typeof this.#options.token === "function") {
      this.#events.emit("error", new RoomError(problem.code, problem.detail));
    } else this.#on({ type: "end", code: problem.code, reason: problem.detail });
  }

  async #credential(): Promise<string> {
    const { token } = this.#options;
    return typeof token === "function" ? token() : (token ?? this.#guest);
  }

  #address(): URL {
    const { host, name, history } = this.#options;
    const query = { name, history: history ? String(history) : undefined, cursor: this.#inbox.cursor };
    return roomAddress(host, this.name, query);
  }

  /** A frame that is none of the protocol's is a fault of the connection, and is healed like one. */
  #take(data: unknown): void {
    try {
      this.#frame(data);
    } catch (error) {
      this.#events.emit("error", new RoomError("bad_frame", String(error)));
      this.#link?.drop(3000);
      this.#on({ type: "lost", retry: "later", after: 0, code: "bad_frame", reason: String(error) });
    }
  }

  #frame(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      const frame = decodeBinary(data);
      if (!frame.ok) return;
      const { type: _, ...message } = frame.header as BinaryDown;
      this.#deliver(message.seq, [{ ...message, bytes: frame.bytes }]);
    } else if (typeof data === "string" && data !== PONG) this.#event(JSON.parse(data));
  }

  #event(event: Down): void {
    switch (event.type) {
      case "welcome": {
        const gap = this.#inbox.welcome(event);
        if (gap !== undefined) this.#events.emit("gap", gap);
        this.#link?.live(event.heartbeat);
        this.#on({ type: "welcome", welcome: event });
        this.#resend(true);
        this.#cursors.save(this.#inbox.cursor);
        break;
      }
      case "messages": {
        const { first, at } = event;
        this.#deliver(
          first,
          event.messages.map((message, i) => ({ seq: first + i, at, ...message }) as RoomMessage<T>),
        );
        break;
      }
      case "ack":
        this.#outbox.landed(event.id, event.seq);
        break;
      case "history":
        this.#pages.answer(event.id, { messages: event.messages, more: event.more });
        break;
      case "error":
        this.#refused(event);
        break;
      case "bye":
        this.#link?.bye({ retry: event.retry, after: event.after, code: event.code, reason: event.code });
        break;
    }
  }

  #deliver(first: number, messages: RoomMessage<T>[]): void {
    const seen = this.#inbox.admit(first, messages.length);
    if (seen === undefined) {
      // Something is missing: come back with the cursor, and be sent it.
      this.#link?.drop(3000);
      this.#on({ type: "lost", retry: "now", after: 0, code: "gap", reason: "a message is missing" });
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
    if (id !== undefined && this.#pages.refuse(id, error)) return;
    if (id === undefined || !this.#outbox.has(id)) this.#events.emit("error", error);
    else if (PASSING.has(code)) this.#putOff(id, retryAfter ?? PASSING_WAIT_MS);
    else this.#outbox.refused(id, error);
  }

  #putOff(id: string, wait: number): void {
    // A timer may be a little early, by the other clock.
    this.#outbox.delay(id, Date.now() + wait - TIMER_SLACK_MS);
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      this.#resend(false);
    }, wait);
    this.#late.add(timer);
  }

  #resend(all: boolean): void {
    if (this.#state.status !== "live") return;
    for (const frame of this.#outbox.again(Date.now(), all)) this.#link?.send(frame);
  }

  /** The session goes on with a fresh token, if there is a way to get one; else it ends with the old one. */
  async #renew(): Promise<void> {
    const { token } = this.#options;
    if (typeof token !== "function") return;
    try {
      this.#link?.send(JSON.stringify({ type: "auth", token: await token() }));
    } catch (error) {
      this.#events.emit("error", new RoomError("token", String(error)));
    }
  }

  #end({ code, reason }: { code: string; reason: string }): void {
    for (const timer of this.#late) clearTimeout(timer);
    this.#link?.drop(1000);
    this.#link = undefined;
    this.#outbox.end(new RoomError(code, reason));
    this.#stopDoubting();
  }
}
