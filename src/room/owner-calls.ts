import type { Published } from "../protocol/api.ts";
import { DormouseError } from "../protocol/codes.ts";
import type { Member, RoomInfo } from "../protocol/down.ts";
import { checkedJson } from "../protocol/json.ts";
import { BAN_SECONDS, HISTORY_LIMIT, ID_CHARS, SIGNAL_BYTES } from "../protocol/limits.ts";
import { displayName } from "../protocol/names.ts";
import { type Operation, STREAM_ENDS } from "../protocol/operations.ts";
import { checkStreamData } from "../protocol/stream-data.ts";
import { utf8Length } from "../protocol/text.ts";
import type { WebhookState } from "../protocol/webhook-state.ts";
import { unwrap } from "../rpc/outcome.ts";
import type { Settings } from "../settings/settings.ts";
import { type SignalQueue, TOO_MANY_SIGNALS, TOO_MANY_SIGNALS_RETRY_MS } from "./ephemeral/signal-queue.ts";
import { AnswerDepths } from "./hooks/answer-loop.ts";
import type { HookRunner } from "./hooks/hook-runner.ts";
import type { HookSession, HookSessions } from "./hooks/hook-session.ts";
import type { MessageHook } from "./hooks/message-hook.ts";
import type { Schedule } from "./hooks/schedule.ts";
import { storedMessageOf } from "./hooks/stored-message.ts";
import type { RoomLog } from "./log/log.ts";
import type { History } from "./operations/history.ts";
import {
  checkMember,
  checkReactionKey,
  checkSeq,
  checkText,
  messageJson,
  tooBig,
} from "./owner-arguments.ts";
import type { Presence } from "./presence/presence.ts";
import type { Flush } from "./publish/flush.ts";
import { type PendingMessage, PendingOperation, PendingText } from "./publish/pending-message.ts";
import { PendingPost } from "./publish/pending-post.ts";
import type {
  AppendOptions,
  HistoryPage,
  HistoryQuery,
  MessageToPublish,
  OperationOptions,
  PublishOptions,
  PublishReceipt,
  RoomOwner,
  SignalOptions,
  StoredMessage,
} from "./room-owner.ts";
import type { RpcCalls } from "./rpc-calls.ts";

/** The author of messages and signals of server code that names none. */
const SERVER = { member: "server", name: "Server" } as const;

/** The bounds of one call of `publishMany`: all of its messages are stored in one row. */
const MAX_MESSAGES = 1000;
const MAX_BYTES = 1024 * 1024;

type Parts = {
  settings: Settings;
  log: RoomLog;
  history: History;
  flush: Flush;
  presence: Presence;
  signals: SignalQueue;
  calls: RpcCalls;
  runner: HookRunner;
  schedule: Schedule;
  hookSessions: HookSessions;
  messageHook: MessageHook | undefined;
  webhookState: () => WebhookState;
};

/** The calls that the server code of a room's owner can make. It is trusted: no bans and no rate limits apply, and `onPublish` does not run. */
export class OwnerCalls implements RoomOwner {
  readonly #parts: Parts;
  readonly #answers: AnswerDepths;
  #isOutside = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#answers = new AnswerDepths(parts.messageHook);
  }

  /** Makes a call that came by RPC, and so is no answer of `onMessage`. */
  fromOutside<Result>(call: () => Result): Result {
    this.#isOutside = true;
    try {
      return call();
    } finally {
      this.#isOutside = false;
    }
  }

  /** @throws DormouseError `invalid_event`, `invalid_name`, `too_big`, `rate_limited`, `unavailable`, `hook_failed` */
  async publish(data: unknown, options: PublishOptions = {}): Promise<PublishReceipt> {
    const { id, stream } = options;
    const [receipt] = await this.publishMany([{ data, id, stream }], options);
    if (receipt === undefined) throw new DormouseError("internal", "The message has no receipt.");
    return receipt;
  }

  /**
   * Publishes all of the messages or none.
   * @throws the same, and `too_big` for more than 1,000 messages or 1 MiB
   */
  async publishMany(
    messages: readonly MessageToPublish[],
    { from = SERVER.member, name }: PublishOptions = {},
  ): Promise<PublishReceipt[]> {
    const { flush, log } = this.#parts;
    if (messages.length > MAX_MESSAGES)
      throw new DormouseError("too_big", `One call publishes at most ${MAX_MESSAGES} messages.`);
    checkMember("from", from);
    const author = { member: from, name: this.#nameOf(from, name), author: undefined };
    const ids = messages.map(({ id }) => id ?? crypto.randomUUID());
    for (const id of ids) checkText("id", id, ID_CHARS);
    if (new Set(ids).size < ids.length)
      throw new DormouseError("invalid_event", "Two messages of one call have the same id.");
    const post = new PendingPost(author, ids, () => log.epoch);
    const pending = messages.map(({ data, stream }, i) =>
      this.#pendingOf(post, ids[i] ?? "", data, stream === true),
    );
    if (pending.length === 0) return [];
    if (pending.reduce((sum, message) => sum + byteLength(message), 0) > MAX_BYTES)
      throw new DormouseError("too_big", `One call publishes at most ${MAX_BYTES} bytes.`);
    this.#checkIds(messages, from);
    if (!this.#isOutside) this.#answers.count(ids);
    flush.add(...pending);
    const { epoch, messages: receipts }: Published = unwrap(await post.done);
    return receipts.map((receipt) => ({ ...receipt, epoch }));
  }

  /** Replaces the data of a message. @throws DormouseError `invalid_target`, `too_big`, `invalid_event`, and those of `publish` */
  edit(seq: number, data: unknown, options?: OperationOptions): Promise<PublishReceipt> {
    if (data instanceof Uint8Array)
      throw new DormouseError("invalid_event", "The data of an edit must be JSON.");
    return this.#operate({ op: "edit", target: seq }, data, options);
  }

  /** Deletes a message: its content is removed for good. @throws the same */
  delete(seq: number, options?: OperationOptions): Promise<PublishReceipt> {
    return this.#operate({ op: "delete", target: seq }, undefined, options);
  }

  /** Appends to the text of a message: to its data, or to the `text` of its data. @throws the same */
  append(seq: number, text: string, { end, ...options }: AppendOptions = {}): Promise<PublishReceipt> {
    if (end !== undefined && !STREAM_ENDS.includes(end))
      throw new DormouseError("invalid_event", `The end of a stream is one of: ${STREAM_ENDS.join(", ")}.`);
    if (typeof text !== "string")
      throw new DormouseError("invalid_event", "What is appended must be a string.");
    return this.#operate({ op: "append", target: seq, end }, text, options);
  }

  /** Adds a reaction, in the name of `from`. @param key 1 to 64 characters @throws the same */
  react(seq: number, key: string, options?: OperationOptions): Promise<PublishReceipt> {
    checkReactionKey(key);
    return this.#operate({ op: "react", target: seq, key }, undefined, options);
  }

  /** Removes a reaction. @throws the same */
  unreact(seq: number, key: string, options?: OperationOptions): Promise<PublishReceipt> {
    checkReactionKey(key);
    return this.#operate({ op: "unreact", target: seq, key }, undefined, options);
  }

  async #operate(
    operation: Operation,
    data: unknown,
    { id = crypto.randomUUID(), from = SERVER.member, name, epoch }: OperationOptions = {},
  ): Promise<PublishReceipt> {
    const { flush, log } = this.#parts;
    checkSeq(operation.target);
    checkMember("from", from);
    checkText("id", id, ID_CHARS);
    const author = { member: from, name: this.#nameOf(from, name), author: undefined };
    const post = new PendingPost(author, [id], () => log.epoch);
    const checked = data === undefined ? undefined : messageJson(data, this.#parts.settings.messageBytes);
    this.#checkIds([{ id, data }], from);
    if (!this.#isOutside) this.#answers.count([id]);
    flush.add(new PendingOperation(post, id, { ...operation, epoch }, checked));
    const { messages, ...stored } = unwrap(await post.done);
    const [receipt] = messages;
    if (receipt === undefined) throw new DormouseError("internal", "The operation has no receipt.");
    return { ...receipt, epoch: stored.epoch };
  }

  /**
   * Within a synchronous hook, the signal is sent after the hook, and where it cannot be, that is logged.
   * @throws DormouseError `invalid_event`, `too_big`, `rate_limited`
   */
  signal(data: unknown, { from = SERVER.member, to, key }: SignalOptions = {}): void {
    checkMember("from", from);
    if (key !== undefined) checkText("key", key, ID_CHARS);
    if (data === undefined) throw new DormouseError("invalid_event", "The data of a signal must be JSON.");
    const json = checkedJson(data, "data of a signal", SIGNAL_BYTES);
    this.#parts.runner.defer(() => {
      if (this.#parts.signals.add({ from, data: JSON.parse(json), to, key }, json.length)) return;
      throw new DormouseError("rate_limited", TOO_MANY_SIGNALS, TOO_MANY_SIGNALS_RETRY_MS);
    });
  }

  /** @throws DormouseError `invalid_query` */
  history({ before, after, limit = HISTORY_LIMIT.default }: HistoryQuery = {}): HistoryPage {
    const { log, history } = this.#parts;
    if (before !== undefined && after !== undefined)
      throw new DormouseError("invalid_query", "Ask for messages before a seq or after one, not both.");
    if (!Number.isInteger(limit) || limit < 1 || limit > HISTORY_LIMIT.max)
      throw new DormouseError("invalid_query", `The limit is 1 to ${HISTORY_LIMIT.max}.`);
    const range =
      after === undefined
        ? history.rangeBefore(before ?? log.last + 1, limit)
        : history.rangeAfter(after, limit);
    return { epoch: log.epoch, messages: history.page(range).map(storedMessageOf), more: range.more };
  }

  /** @throws DormouseError `invalid_target` */
  message(seq: number): StoredMessage {
    checkSeq(seq);
    const [message] = this.#parts.history.page({ first: seq, last: seq });
    if (message === undefined) throw new DormouseError("invalid_target", `The room has no message ${seq}.`);
    return storedMessageOf(message);
  }

  /** The members who are here; `members` is null where there are too many to list. */
  members(): { members: Member[] | null; count: number } {
    const { presence } = this.#parts;
    return { members: presence.snapshot(), count: presence.count };
  }

  sessions(): HookSession[] {
    return this.#parts.hookSessions.all();
  }

  info(): RoomInfo {
    return this.#parts.calls.info();
  }

  /** How the deliveries to the webhook go. */
  webhook(): WebhookState {
    return this.#parts.webhookState();
  }

  /** Closes the member's sessions. Within a synchronous hook, it is done after the hook. */
  kick(member: string): void {
    this.#parts.runner.defer(() => void this.#parts.calls.kick(member));
  }

  /** Closes the member's sessions and keeps it out; 0 seconds end a ban. @throws DormouseError `invalid_query` */
  ban(member: string, seconds: number): void {
    if (!Number.isInteger(seconds) || seconds < 0 || seconds > BAN_SECONDS)
      throw new DormouseError("invalid_query", `A ban lasts 0 to ${BAN_SECONDS} seconds.`);
    this.#parts.runner.defer(() => void this.#parts.calls.kick(member, seconds));
  }

  /** Removes all messages for good. Within a synchronous hook, it is done after the hook. */
  erase(): void {
    this.#parts.runner.defer(() => void this.#parts.calls.erase());
  }

  /** @returns the id for `cancelSchedule` @throws RangeError */
  schedule(when: Date | number, payload: unknown): number {
    return this.#parts.schedule.add(Number(when), payload);
  }

  cancelSchedule(id: number): boolean {
    return this.#parts.schedule.cancel(id);
  }

  #nameOf(from: string, name: string | undefined): string {
    if (name !== undefined) return displayName(name, this.#parts.settings.nameChars);
    return from === SERVER.member ? SERVER.name : from;
  }

  #pendingOf(by: PendingPost, id: string, data: unknown, isStream: boolean): PendingMessage {
    if (isStream) checkStreamData(data);
    if (!(data instanceof Uint8Array))
      return new PendingText(by, id, messageJson(data, this.#parts.settings.messageBytes), { isStream });
    if (data.length > this.#parts.settings.messageBytes) throw tooBig(this.#parts.settings.messageBytes);
    return { by, id, bytes: data };
  }

  /**
   * An id is unique in the room, so a client that guesses one can use it first. The server code must learn of that, since its own message
   * would not be stored.
   * @throws DormouseError `invalid_event`
   */
  #checkIds(messages: readonly MessageToPublish[], from: string): void {
    const { flush, log, runner } = this.#parts;
    const given = messages.flatMap(({ id }) => id ?? []);
    // A message that is pending under one of the ids is settled first: it may be refused, and then the id is free.
    if (!runner.isInHook && given.some((id) => flush.isPending(id))) flush.flushNow();
    for (const id of given) {
      const seq = log.seqOf(id);
      const author = seq === undefined ? from : log.pages.authorOf(seq);
      if (author === from) continue;
      const why = `The id ${id} belongs to a message of ${author}. Choose ids that clients cannot guess.`;
      throw new DormouseError("invalid_event", why);
    }
  }
}

function byteLength(message: PendingMessage): number {
  return message.bytes === undefined ? utf8Length(message.encoded) : message.bytes.length;
}
