import { DurableObject } from "cloudflare:workers";
import { type MessageStream, openStream } from "../protocol/message-stream.ts";
import type { Member, RoomInfo } from "../protocol/types.ts";
import type { HookSession } from "../room/hooks/hook-session.ts";
import type {
  Author,
  CloseReason,
  Draft,
  HookName,
  RoomHooks,
  SignalDraft,
  StoredMessage,
  StoredOperation,
} from "../room/hooks/room-hooks.ts";
import { type UserSql, userSqlOf } from "../room/hooks/user-storage.ts";
import { RoomCore } from "../room/room-core.ts";
import type {
  AppendOptions,
  HistoryPage,
  HistoryQuery,
  OperationOptions,
  PublishOptions,
  PublishReceipt,
  SignalOptions,
} from "../room/room-owner.ts";
import { metricsOf } from "../telemetry/metrics.ts";
import { directoryPortOf } from "./directory.ts";
import { guardedContext } from "./guarded-context.ts";
import { filesOfObject, settingsOfObject } from "./registry.ts";

/** The result of a synchronous hook: something, or nothing at all. A promise is a type error. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook without a return statement returns void, and only a union refuses promises
export type HookResult<Result = undefined> = Result | undefined | void;

/**
 * The Durable Object class of a room. Extend it, override the hooks that you need, and name your class in `wrangler.toml`.
 *
 * Hooks that decide are synchronous and run in the turn that they decide about: `onConnect`, `onPublish`, `onSignal`, `onClose`. What they
 * write to `this.sql` is rolled back where they throw. Hooks that follow are asynchronous and reliable: `onMessage`, `onSchedule`.
 *
 * `fetch`, `alarm` and the methods for WebSockets are the room's own: a class that overrides one of them throws a TypeError. `this.ctx` is
 * the state of the object, without its alarm, its sockets and `storage.deleteAll`. Hooks are methods: a hook that is a field of the class,
 * such as an arrow function, throws as well.
 *
 * @typeParam Env the bindings of the Worker
 * @typeParam Message the data of a message
 * @example
 * export class ChatRoom extends Room<Env, { text: string }> {
 *   override onPublish(draft: Draft<{ text: string }>) {
 *     if (draft.data?.text?.includes("spam")) throw reject("forbidden", "No spam, please.");
 *   }
 * }
 */
export class Room<Env = unknown, Message = unknown> extends DurableObject<Env> {
  readonly #core: RoomCore;
  /** The database of this room, for tables of your own. Names that begin with `dormouse_` are reserved. */
  readonly sql: UserSql;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    checkReserved(this);
    this.ctx = guardedContext(this.ctx);
    this.sql = userSqlOf(ctx.storage.sql);
    const settings = settingsOfObject(ctx.id, env as object);
    const directory = directoryPortOf(env as object, settings.jurisdiction);
    const files = filesOfObject(ctx.id, env as object);
    this.#core = new RoomCore(
      ctx,
      settings,
      hooksOf(this as Room),
      directory,
      files,
      metricsOf(env as object),
    );
    if (this.onStart !== Room.prototype.onStart)
      void ctx.blockConcurrencyWhile(async () => {
        // The fields of a class that extends this one are set after this constructor.
        await Promise.resolve();
        await this.#core.start();
      });
  }

  /** The name of this room. */
  get name(): string {
    return this.#core.name;
  }

  /** Called when the object wakes, before anything else: the place to create tables. It may be asynchronous. */
  onStart(): void | Promise<void> {}

  /**
   * Called before a socket joins that `authenticate` let in. Throw `reject(…)` to refuse it. It does not guard the room: reads and
   * publishes over HTTP pass `authenticate` only.
   */
  onConnect(_session: HookSession): HookResult {}

  /**
   * Called before a message or an operation from outside is stored: over a socket or over HTTP, but not by `publish` of server code. Return a
   * draft to change its data, or throw `reject(…)` to refuse it. It must be synchronous. What it writes to `this.sql` is stored with the
   * message or not at all. `op` and `target` of the draft say what an operation does.
   */
  onPublish(_draft: Draft<Message>, _author: Author): HookResult<Draft<Message>> {}

  /**
   * Called after a message was stored and sent, in the order of the log, one at a time and at least once, also after a crash. It has 30
   * seconds. Where it throws, it is called again for the same message, less and less often.
   */
  onMessage(_message: StoredMessage<Message>): void | Promise<void> {}

  /**
   * Called after an operation was stored and sent: an edit, a deletion, an append, a reaction. In the order of the log, between the calls of
   * `onMessage`, and like them.
   */
  onOperation(_operation: StoredOperation<Message>): void | Promise<void> {}

  /** Called before a signal from outside is sent. Return a signal to change its data, or throw `reject(…)` to refuse it. */
  onSignal(_signal: SignalDraft, _author: Author): HookResult<SignalDraft> {}

  /** Called once when a session ends. `left`: its client said goodbye. `lost`: the connection broke. `closed`: the server closed it. */
  onClose(_session: HookSession, _event: { reason: CloseReason }): HookResult {}

  /** Answers HTTP requests under `/v1/rooms/{room}/custom/`. */
  onRequest(_request: Request, _author: Author): Response | Promise<Response> {
    return new Response(null, { status: 404 });
  }

  /** Called at the time given to `schedule`, at least once. Where it throws, it is called again, less and less often. */
  onSchedule(_payload: unknown): void | Promise<void> {}

  /** Called with each error of a hook, after it was logged. */
  onError(_error: unknown, _hook: HookName): void {}

  /**
   * Publishes a message: any JSON, or a `Uint8Array`. Resolves once it is stored.
   * @throws DormouseError `invalid_event`, `invalid_name`, `too_big`, `rate_limited`, `unavailable`, `hook_failed`
   * @example await this.publish({ text: "Done." }, { id: `done-${job}`, from: "bot", name: "Bot" });
   */
  publish(data: Message | Uint8Array, options?: PublishOptions): Promise<PublishReceipt> {
    return this.#core.owner.publish(data, options);
  }

  /**
   * Replaces the data of a message.
   * @throws DormouseError `invalid_target`, and those of `publish`
   * @example await this.edit(message.seq, { text: "Removed by the filter." });
   */
  edit(seq: number, data: Message, options?: OperationOptions): Promise<PublishReceipt> {
    return this.#core.owner.edit(seq, data, options);
  }

  /** Deletes a message: its content is removed for good. @throws the same */
  delete(seq: number, options?: OperationOptions): Promise<PublishReceipt> {
    return this.#core.owner.delete(seq, options);
  }

  /** Appends to the text of a message: to its data, or to the `text` of its data. @throws the same */
  append(seq: number, text: string, options?: AppendOptions): Promise<PublishReceipt> {
    return this.#core.owner.append(seq, text, options);
  }

  /**
   * Publishes a message whose text follows in parts.
   * @param data a string, or an object with a `text`
   * @example
   * const answer = this.stream({ text: "" }, { id: `answer-${message.seq}`, from: "bot", name: "Bot" });
   * for await (const word of model) answer.append(word);
   * await answer.end();
   */
  stream(data: Message, options: PublishOptions = {}): MessageStream {
    return openStream(this, data, options);
  }

  /** Adds a reaction, in the name of `from`. `dup`: it was there already. @param key 1 to 64 characters @throws the same */
  react(seq: number, key: string, options?: OperationOptions): Promise<PublishReceipt> {
    return this.#core.owner.react(seq, key, options);
  }

  /** Removes a reaction. `dup`: it was not there. @throws the same */
  unreact(seq: number, key: string, options?: OperationOptions): Promise<PublishReceipt> {
    return this.#core.owner.unreact(seq, key, options);
  }

  /** Sends a signal: JSON that is not stored. @throws DormouseError `invalid_event`, `too_big`, `rate_limited` */
  signal(data: unknown, options?: SignalOptions): void {
    this.#core.owner.signal(data, options);
  }

  /** Reads stored messages, oldest first. @throws DormouseError `invalid_query` */
  history(query?: HistoryQuery): HistoryPage<Message> {
    return this.#core.owner.history(query) as HistoryPage<Message>;
  }

  /** One message in its current form. @throws DormouseError `invalid_target` */
  message(seq: number): StoredMessage<Message> {
    return this.#core.owner.message(seq) as StoredMessage<Message>;
  }

  /** The members who are here. The list is null where there are more than `MEMBERS_LISTED`. */
  members(): { members: Member[] | null; count: number } {
    return this.#core.owner.members();
  }

  /** The open sessions. A member with two tabs has two. */
  sessions(): HookSession[] {
    return this.#core.owner.sessions();
  }

  /** The position of the log, and the number of members. */
  info(): RoomInfo {
    return this.#core.owner.info();
  }

  /** Closes the sessions of a member. */
  kick(member: string): void {
    this.#core.owner.kick(member);
  }

  /** Closes the sessions of a member and keeps it out for so many seconds; 0 ends a ban. */
  ban(member: string, seconds: number): void {
    this.#core.owner.ban(member, seconds);
  }

  /** Removes all messages for good. Your own tables stay. */
  erase(): void {
    this.#core.owner.erase();
  }

  /**
   * Has `onSchedule` called with a payload at a time: a `Date`, or milliseconds as of `Date.now()`.
   * @returns an id for `cancelSchedule`
   * @throws RangeError for more than 1,000 entries, or a payload of more than 16,384 bytes as JSON
   * @example this.schedule(Date.now() + 60_000, { remind: session.member });
   */
  schedule(when: Date | number, payload?: unknown): number {
    return this.#core.owner.schedule(when, payload);
  }

  /** @returns whether the entry was still there */
  cancelSchedule(id: number): boolean {
    return this.#core.owner.cancelSchedule(id);
  }

  /** @internal */
  override fetch(request: Request): Response | Promise<Response> {
    return this.#core.fetch(request);
  }

  /** @internal */
  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    this.#core.webSocketMessage(socket, frame);
  }

  /** @internal */
  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#core.webSocketClose(socket, code, reason);
  }

  /** @internal */
  override webSocketError(socket: WebSocket): void {
    this.#core.webSocketError(socket);
  }

  /** @internal */
  override alarm(): void {
    this.#core.alarm();
  }

  /** @internal The Worker's side of this room calls it by RPC. */
  dormouseCall(name: string, args: unknown[]): Promise<unknown> {
    return this.#core.call(name, args);
  }
}

const HOOKS = [
  "onStart",
  "onConnect",
  "onPublish",
  "onMessage",
  "onOperation",
  "onSignal",
  "onClose",
  "onRequest",
  "onSchedule",
  "onError",
] as const;

/** Methods that the platform calls, and the hook that a class may override in their place. */
const RESERVED: Partial<Record<keyof Room, string>> = {
  fetch: "onRequest",
  alarm: "onSchedule",
  webSocketMessage: "onPublish or onSignal",
  webSocketClose: "onClose",
  webSocketError: "onClose",
  dormouseCall: "something else",
};

/** @throws TypeError where a class overrides a method by which the room works */
function checkReserved(room: object): void {
  for (const [name, instead] of Object.entries(RESERVED)) {
    if (Reflect.get(room, name) === Reflect.get(Room.prototype, name)) continue;
    const className = room.constructor.name;
    throw new TypeError(
      `${className} overrides ${name}, by which its room works. Override ${instead} instead.`,
    );
  }
}

/** The hooks that a class overrides. The others cost nothing. */
function hooksOf(room: Room): RoomHooks {
  const overridden = HOOKS.filter((name) => room[name] !== Room.prototype[name]);
  // A hook that is a field of its class would come too late and never be called. This way, it is an error.
  for (const name of HOOKS) Object.defineProperty(room, name, { value: room[name] });
  return Object.fromEntries(overridden.map((name) => [name, room[name].bind(room)])) as RoomHooks;
}
