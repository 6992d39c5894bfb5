import type { Down, Welcome } from "../protocol/down.ts";
import { PONG } from "../protocol/limits.ts";
import { type Frame, sizeOf } from "./connection.ts";
import { Connector } from "./connector.ts";
import { Cursors } from "./cursors.ts";
import { Emitter } from "./emitter.ts";
import { RoomError } from "./error.ts";
import type { RoomEvents } from "./events.ts";
import { Inbox } from "./inbox.ts";
import { MessageQueue } from "./iterate.ts";
import { Members } from "./members.ts";
import { binaryMessageIn, messagesIn, type RoomMessage } from "./message.ts";
import { cursorStore, type JoinOptions, randomId } from "./options.ts";
import { Outbox, type Published } from "./outbox.ts";
import { type HistoryPage, notConnected, Pages } from "./pages.ts";
import { Shown } from "./shown.ts";
import type { ConnectionState } from "./state.ts";
import { stopTimer, type Timer } from "./surroundings.ts";
import { costOf, TokenBucket } from "./token-bucket.ts";

const QUEUE = { count: 1000, bytes: 16 * 1024 * 1024 } as const;

/** While so many bytes, or characters, wait for `for await`, nothing is acknowledged, and so the server stops sending. */
const BACKLOG_SIZE = 1024 * 1024;

/** A token is renewed once in its life, and no sooner than this after the one before: milliseconds. */
const RENEWAL_MS = 15_000;

/** The server charges a page of history for each full part of this size. */
const PAGE_PART_SIZE = 64 * 1024;

/** A room that this client has joined; it reconnects by itself until `leave()`, or until it is refused for good. */
export class Room<T = unknown> {
  readonly name: string;
  /** Who is here: by member id, `self` among them. */
  readonly members: Members;
  readonly #events = new Emitter<RoomEvents<T>>();
  readonly #connector: Connector;
  readonly #shown: Shown;
  readonly #inbox: Inbox;
  readonly #publishing = new TokenBucket();
  readonly #outbox: Outbox;
  readonly #pages = new Pages<T>();
  readonly #cursors: Cursors;
  /** When the present token was given to the server, and the timer for the next one. */
  #renewedAt = 0;
  #renewal: Timer | undefined;
  readonly #queues = new Set<MessageQueue<RoomMessage<T>>>();
  /** How many messages were handed out. */
  #handed = 0;
  /** The mark that is to be returned once the backlog allows it. */
  #owed: string | undefined;

  constructor(name: string, options: JoinOptions) {
    this.name = name;
    this.members = new Members(this.#events);
    this.#shown = new Shown(
      this.members,
      (frame) => this.#send(frame),
      () => this.#complain("queue_full", "A signal was dropped: too many wait to be sent."),
    );
    this.#cursors = new Cursors(cursorStore(name, options), (error) => this.#complain("cursor", error));
    this.#inbox = new Inbox(options.history ?? 0, this.#cursors.load());
    const { queue = QUEUE.count, queueBytes = QUEUE.bytes } = options;
    this.#outbox = new Outbox({ count: queue, bytes: queueBytes }, this.#publishing);
    this.#connector = new Connector(name, options, {
      frame: (data) => this.#take(data),
      state: (state) => this.#changed(state),
      error: (code, error) => this.#complain(code, error),
      known: () => ({ name: this.#shown.accepted() ?? options.name, cursor: this.#inbox.cursor }),
    });
    this.#connector.start();
  }

  get state(): ConnectionState {
    return this.#connector.state;
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
   * Sends any JSON, or bytes, in the order of the calls. Resolves once it is on disk, however often the connection breaks before
   * that. An `id` of the caller's may be published again after a restart: it lands once.
   * @throws RoomError `queue_full`, `closed`, or the code with which the server refused it for good
   */
  async publish(data: T | ArrayBuffer | ArrayBufferView, { id = randomId() } = {}): Promise<Published> {
    if (this.state.status === "closed") throw new RoomError("closed", "The room is closed.");
    return this.#outbox.add(id, data);
  }

  /**
   * Older messages, oldest first.
   * @throws RoomError `closed` where the connection breaks before the answer
   */
  async history(query: { before?: number; limit?: number } = {}): Promise<HistoryPage<T>> {
    if (!this.#connector.live) throw notConnected();
    const id = randomId();
    const page = this.#pages.ask(id);
    const frame = JSON.stringify({ ...query, type: "history", id });
    this.#publishing.spend(costOf(frame.length));
    this.#send(frame);
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

  /** Saves the cursor behind this message: after a restart, the next one comes first. For `cursor: { …, manual: true }`. */
  ack(seq: number): void {
    this.#cursors.save(this.#inbox.cursorAt(seq));
  }

  /** Says goodbye and stays away. Publishes that are not settled are refused. */
  leave(): void {
    this.#connector.end("left", "left");
  }

  /**
   * Messages from now on. Ends when the room is left or closed. What is not taken yet is kept in memory, and the server is asked
   * for no more than a bounded amount of it.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<RoomMessage<T>> {
    const queue = new MessageQueue<RoomMessage<T>>({
      consumed: () => this.#consumed(),
      ended: (ended) => this.#queues.delete(ended),
    });
    if (this.state.status === "closed") queue.end();
    else this.#queues.add(queue);
    return queue;
  }

  /** Over a live connection, or not at all. */
  #send(frame: Frame): void {
    this.#connector.live?.send(frame);
  }

  #changed(state: ConnectionState): void {
    if (state.status !== "live") {
      this.#pages.end();
      this.#outbox.close();
      this.#shown.close();
      stopTimer(this.#renewal);
      this.#owed = undefined;
    }
    if (state.status === "closed") {
      this.#outbox.end(new RoomError(state.code, state.reason));
      this.members.clear();
    }
    this.#events.emit("state", state);
    if (state.status === "closed") for (const queue of this.#queues) queue.end();
  }

  #complain(code: string, error: unknown): void {
    this.#events.emit("error", new RoomError(code, error instanceof Error ? error.message : String(error)));
  }

  /** A frame that is none of the protocol's is a fault of the connection, and is healed like one. */
  #take(data: Frame): void {
    try {
      if (data instanceof ArrayBuffer) {
        const message = binaryMessageIn<T>(data);
        this.#deliver(message.seq, [message], sizeOf(data));
      } else if (data !== PONG) this.#event(JSON.parse(data), data.length);
    } catch (error) {
      this.#complain("bad_frame", error);
      this.#connector.giveUp("later");
    }
  }

  #event(event: Down, size: number): void {
    switch (event.type) {
      case "welcome":
        this.#welcome(event);
        break;
      case "messages":
        this.#deliver(event.first, messagesIn(event), size);
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
        this.#publishing.spend(Math.floor(size / PAGE_PART_SIZE));
        this.#pages.answer(event.id, event);
        break;
      case "error":
        this.#refused(event);
        break;
      case "mark":
        // Listeners have been told of what came before: one that is slow makes this client a slow reader.
        this.#owed = event.mark;
        this.#acknowledge();
        break;
      case "bye":
        this.#connector.bye({ ...event, reason: event.code });
        break;
    }
  }

  #welcome(welcome: Welcome): void {
    const gap = this.#inbox.welcome(welcome);
    if (gap) this.#events.emit("gap", gap);
    this.members.take(welcome);
    this.#renewedAt = Date.now();
    this.#connector.welcome(welcome, (connection) => {
      this.#shown.open(welcome.limits);
      // What was queued goes out before what a listener publishes now.
      this.#outbox.open(connection, welcome.limits);
    });
    this.#cursors.handedOut(this.#inbox.cursor, this.#queues, !welcome.resumed);
  }

  #deliver(first: number, messages: RoomMessage<T>[], size: number): void {
    const seen = this.#inbox.admit(first, messages.length);
    if (seen === undefined) {
      // Something is missing: come back with the cursor, and be sent it.
      this.#connector.giveUp("now");
      return;
    }
    for (const message of messages) this.#outbox.landed(message.id, message.seq);
    for (const message of messages.slice(seen)) {
      // A listener may have left the room.
      if (this.state.status === "closed") return;
      const queued = { message, size: size / messages.length, before: this.#inbox.cursorAt(message.seq - 1) };
      for (const queue of this.#queues) queue.push({ ...queued, index: this.#handed });
      this.#handed++;
      this.#events.emit("message", message);
    }
    this.#cursors.handedOut(this.#inbox.cursor, this.#queues);
  }

  /** A consumer is done with a message. */
  #consumed(): void {
    this.#cursors.handedOut(this.#inbox.cursor, this.#queues);
    this.#acknowledge();
  }

  #acknowledge(): void {
    const mark = this.#owed;
    if (!mark || [...this.#queues].some(({ size }) => size > BACKLOG_SIZE)) return;
    this.#owed = undefined;
    this.#send(JSON.stringify({ type: "received", seq: this.#inbox.seq, mark }));
  }

  #refused({ code, message, id, retryAfter }: Extract<Down, { type: "error" }>): void {
    const error = new RoomError(code, message);
    if (code === "token_expiring") {
      // The server says so at once of a token that lives no longer than its notice.
      stopTimer(this.#renewal);
      const wait = this.#renewedAt + RENEWAL_MS - Date.now();
      this.#renewal = setTimeout(() => void this.#renew(), wait);
    }
    const wasAsked =
      id !== undefined && (this.#pages.refuse(id, error) || this.#outbox.refuse(id, error, retryAfter));
    if (wasAsked) return;
    if (!retryAfter) this.#shown.refused();
    this.#events.emit("error", error);
  }

  /** The session goes on with a fresh token, if there is a way to get one; else it ends with the old one. */
  async #renew(): Promise<void> {
    const token = await this.#connector.freshToken();
    if (!token) return;
    this.#renewedAt = Date.now();
    this.#send(JSON.stringify({ type: "auth", token }));
  }
}
