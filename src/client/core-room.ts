import { MARKS, PONG } from "../protocol/limits.ts";
import { Connection, messageOf } from "./connection/connection.ts";
import type { ConnectionState } from "./connection/connection-state.ts";
import { cursorStore } from "./connection/storage.ts";
import { disconnect, type Frame } from "./connection/transport.ts";
import { Delivery } from "./delivery/delivery.ts";
import { type HistoryPage, HistoryRequests, notConnected } from "./delivery/history-requests.ts";
import { Emitter } from "./emitter.ts";
import { RoomError } from "./error.ts";
import type { RoomEvents } from "./events.ts";
import type { ErrorFrame, ServerFrame, Welcome } from "./frames.ts";
import { PAGE_PART_SIZE } from "./limits.ts";
import { Members } from "./members.ts";
import { decodeBinaryMessage, decodeMessages, type RoomMessage } from "./message.ts";
import type { JoinOptions } from "./options.ts";
import { randomId } from "./platform.ts";
import { EphemeralQueue } from "./sending/ephemeral-queue.ts";
import { type Operation, type Published, PublishQueue } from "./sending/publish-queue.ts";
import { costOf, TokenBucket } from "./sending/token-bucket.ts";

/**
 * `id`: 1 to 64 characters, unique in the room. Default: a random one. `stream`: the text of the message follows in appends. The others make
 * the publish an operation on a message.
 */
export type PublishOptions = { id?: string; stream?: true } & Operation;

/** A room that this client has joined, without iteration, operations and timeline. It reconnects by itself until `leave()`, or until the server refuses it for good. */
export class CoreRoom<Message = unknown, Signal = unknown, State = unknown> {
  readonly name: string;
  /** The members by member id; `members.self` is this client. */
  readonly members: Members<State>;
  /** @internal For calls over HTTP. */
  readonly options: JoinOptions;
  readonly #events = new Emitter<RoomEvents<Message, Signal, State>>();
  readonly #connection: Connection;
  readonly #ephemeral: EphemeralQueue;
  /** @internal */
  protected readonly delivery: Delivery;
  /** The rate limiter that publishes and history requests share. */
  readonly #bucket = new TokenBucket();
  readonly #publishes: PublishQueue;
  readonly #historyRequests = new HistoryRequests<Message>();

  constructor(name: string, options: JoinOptions) {
    this.name = name;
    this.options = options;
    this.members = new Members(this.#events);
    const send = (frame: Frame) => this.#send(frame);
    this.#ephemeral = new EphemeralQueue(this.members, send, () =>
      this.#emitError("queue_full", "The queue is full. Try again later."),
    );
    this.delivery = new Delivery(options.history ?? 0, cursorStore(name, options), send, (error) =>
      this.#emitError("cursor", error),
    );
    this.#publishes = new PublishQueue(options, this.#bucket);
    this.#connection = new Connection(name, options, {
      frame: (data) => this.#receive(data),
      state: (state) => this.#stateChanged(state),
      error: (code, error) => this.#emitError(code, error),
      query: () => ({
        name: this.#ephemeral.name() ?? options.name,
        cursor: this.cursor,
        history: options.history,
        features: MARKS,
        attempt: randomId(),
      }),
    });
  }

  /** @internal */
  protected get isClosed(): boolean {
    return this.state.status === "closed";
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** The cursor after the last message that was delivered: `<epoch>.<seq>`. Undefined before the first welcome. */
  get cursor(): string | undefined {
    return this.delivery.sequence.cursor;
  }

  /** How many publishes are not settled yet. */
  get pending(): number {
    return this.#publishes.size;
  }

  /** Adds a listener. Returns a function that removes it. */
  on<K extends keyof RoomEvents>(
    type: K,
    listener: (event: RoomEvents<Message, Signal, State>[K]) => void,
  ): () => void {
    return this.#events.on(type, listener);
  }

  /**
   * Publishes any JSON, or bytes, in the order of the calls. Resolves once the message is on disk, however often the connection breaks
   * before that. With an `id` of your own it may be published again, also after a restart: it lands once.
   * @throws RoomError `queue_full`, `closed`, or the code with which the server refused it for good
   */
  publish(
    data: Message | ArrayBuffer | ArrayBufferView,
    { id = randomId(), ...operation }: PublishOptions = {},
  ): Promise<Published> {
    const published = this.isClosed
      ? Promise.reject(notConnected())
      : this.#publishes.add(id, data, operation);
    this.#events.emit("publish", { ...operation, id, data, published });
    return published;
  }

  /**
   * Fetches a page of older messages, oldest first.
   * @param query the messages before this seq (default: the newest); at most `limit` of them (1 to 1000, default 50)
   * @throws RoomError `closed` where the connection breaks before the answer
   */
  async history(query: { before?: number; limit?: number } = {}): Promise<HistoryPage<Message>> {
    if (!this.#connection.live) throw notConnected();
    const id = randomId();
    const page = this.#historyRequests.add(id);
    const frame = JSON.stringify({ ...query, type: "history", id });
    this.#bucket.spend(costOf(frame.length));
    this.#send(frame);
    return page;
  }

  /** Sets what others see beside this member's name: any JSON, for as long as this client is here. */
  setState(state: State): void {
    this.#ephemeral.set("state", state);
  }

  /** Sets the name of a guest. A token brings its own name. */
  setName(name: string): void {
    this.#ephemeral.set("name", name);
  }

  /**
   * Sends ephemeral data to everyone, or to the members `to`. It is not stored, and is dropped where there is no connection. With a
   * `key`, call it at any rate: the latest signal of that key goes out as often as the service allows, and the last one always.
   */
  signal(data: Signal, options: { to?: string[]; key?: string } = {}): void {
    this.#ephemeral.signal(data, options);
  }

  /** Saves the cursor after this message, for `cursor: { …, manual: true }`. After a restart, the next message comes first. */
  ack(seq: number): void {
    this.delivery.ack(seq);
  }

  /** Leaves the room. Pending publishes are rejected. */
  leave(): void {
    this.#connection.leave();
  }

  /** Sends over a live connection, or not at all. */
  #send(frame: Frame): void {
    this.#connection.live?.send(frame);
  }

  #emitError(code: string, error: unknown): void {
    this.#events.emit("error", new RoomError(code, messageOf(error)));
  }

  #stateChanged(state: ConnectionState): void {
    const { live } = this.#connection;
    if (state.status === "live" && live) {
      this.#ephemeral.connected(state.welcome.limits);
      // Queued publishes go out before those that a listener adds now.
      this.#publishes.connected(live, state.welcome.limits);
    } else {
      this.#historyRequests.clear();
      this.#publishes.disconnected();
      this.#ephemeral.disconnected();
      this.delivery.mark = undefined;
    }
    if (state.status === "closed") {
      this.#publishes.clear(new RoomError(state.code, state.reason));
      this.members.clear();
    }
    this.#events.emit("state", state);
  }

  /** A frame that does not follow the protocol is a fault of the connection, so the client reconnects. */
  #receive(data: Frame): void {
    try {
      if (data instanceof ArrayBuffer) {
        const message = decodeBinaryMessage(data);
        this.#deliver(message.seq, message.seq, [message]);
      } else if (data !== PONG) this.#receiveEvent(JSON.parse(data), data.length);
    } catch (error) {
      this.#emitError("bad_frame", error);
      this.#connection.reconnect("later");
    }
  }

  #receiveEvent(event: ServerFrame, size: number): void {
    switch (event.type) {
      case "welcome":
        this.#welcome(event as Welcome<State>);
        break;
      case "messages": {
        const { first, last = first + event.messages.length - 1 } = event;
        this.#deliver(first, last, decodeMessages(event));
        break;
      }
      case "presence":
        this.members.apply(event as Parameters<Members<State>["apply"]>[0]);
        break;
      case "signals":
        for (const signal of event.signals)
          this.#events.emit("signal", signal as RoomEvents<Message, Signal, State>["signal"]);
        break;
      case "ack":
        this.#publishes.resolve(event.id, event.seq);
        break;
      case "history":
        this.#bucket.spend(Math.floor(size / PAGE_PART_SIZE));
        this.#historyRequests.settle(event.id, event);
        break;
      case "error":
        this.#refused(event);
        break;
      case "mark":
        this.delivery.mark = event.mark;
        this.delivery.returnMark();
        break;
      case "bye":
        this.#connection.end(disconnect(event.retry, event.code, event.reason ?? event.code, event.after));
        break;
      default:
        this.#events.emit("event", event);
    }
  }

  #welcome(welcome: Welcome<State>): void {
    const gap = this.delivery.sequence.welcome(welcome);
    if (gap) this.#events.emit("gap", gap);
    this.members.apply(welcome);
    this.#connection.welcome(welcome);
    this.delivery.save(!welcome.resumed);
  }

  #deliver(first: number, last: number, messages: RoomMessage<Message>[]): void {
    const accepted = this.delivery.sequence.accept(first, last);
    if (accepted === undefined) {
      // A message is missing. The next session resumes from the cursor and brings it.
      this.#connection.reconnect("now");
      return;
    }
    for (const message of messages) {
      this.#publishes.resolve(message.id, message.seq);
      // A listener may have left the room.
      if (message.seq <= accepted || this.isClosed) continue;
      this.#events.emit("message", message);
    }
    this.#events.emit("position", accepted);
    this.delivery.save();
  }

  #refused({ code, message, id = "", retryAfter }: ErrorFrame): void {
    const error = new RoomError(code, message);
    if (code === "token_expiring") this.#connection.renewToken();
    if (this.#historyRequests.settle(id, error) || this.#publishes.refused(id, error, retryAfter)) return;
    if (!retryAfter) this.#ephemeral.refused();
    this.#events.emit("error", error);
  }
}
