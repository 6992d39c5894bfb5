import { DormouseError, type ErrorCode } from "../protocol/codes.ts";
import { historyMessages } from "../protocol/history-pages.ts";
import { type MessageStream, openStream } from "../protocol/message-stream.ts";
import type {
  AppendOptions,
  HistoryPage,
  HistoryQuery,
  MessageToPublish,
  OperationOptions,
  PublishOptions,
  PublishReceipt,
  RoomApi,
  SignalOptions,
  StoredMessage,
} from "../protocol/room-api.ts";
import type { Member, RoomInfo } from "../protocol/types.ts";
import type { WebhookState } from "../protocol/webhook-state.ts";
import { type Outcome, unwrap } from "../rpc/outcome.ts";
import type { RoomStub } from "../rpc/room-calls.ts";
import { isolateTelemetry } from "../telemetry/isolate-telemetry.ts";
import { waitAtMost } from "../time/time-limit.ts";

/** How long a room may take to answer: milliseconds. */
const TIMEOUT_MS = 30_000;

/**
 * A room, as any Worker code reaches it. Each call is one RPC request to the room's Durable Object. Errors arrive as `DormouseError` with
 * their code.
 * @example
 * const room = dormouse.room(env, `order-${id}`);
 * await room.publish({ state: "shipped" }, { id: `ship-${id}` });
 */
export class RoomHandle<Message = unknown> implements RoomApi<Message> {
  readonly name: string;
  readonly #stub: RoomStub;

  /** @internal */
  constructor(name: string, stub: RoomStub) {
    this.name = name;
    this.#stub = stub;
  }

  /** Publishes a message: any JSON, or a `Uint8Array`. Resolves once it is stored. Repeat it with the same `id` where it fails. */
  async publish(data: Message | Uint8Array, options: PublishOptions = {}): Promise<PublishReceipt> {
    return await this.#call("publish", plain(data, "data of a message"), options);
  }

  /** Publishes all of the messages or none, in their order and as one call. */
  async publishMany(
    messages: readonly MessageToPublish<Message>[],
    options: Omit<PublishOptions, "id"> = {},
  ): Promise<PublishReceipt[]> {
    if (!Array.isArray(messages) || messages.some((each) => typeof each !== "object" || each === null))
      throw new DormouseError("invalid_event", "publishMany takes a list of messages: [{ data }, …].");
    const plainMessages = (messages as readonly MessageToPublish<Message>[]).map(({ data, ...rest }) => ({
      ...rest,
      data: plain(data, "data of a message"),
    }));
    return await this.#call("publishMany", plainMessages, options);
  }

  /**
   * Replaces the data of a message.
   * @throws DormouseError `invalid_target` where the room has no such message
   * @example await room.edit(seq, { text: "Closed." });
   */
  async edit(seq: number, data: Message, options: OperationOptions = {}): Promise<PublishReceipt> {
    return await this.#call("edit", seq, plain(data, "data of a message"), options);
  }

  /** Deletes a message: its content is removed for good. */
  async delete(seq: number, options: OperationOptions = {}): Promise<PublishReceipt> {
    return await this.#call("delete", seq, options);
  }

  /** Appends to the text of a message: to its data, or to the `text` of its data. */
  async append(seq: number, text: string, options: AppendOptions = {}): Promise<PublishReceipt> {
    return await this.#call("append", seq, text, options);
  }

  /**
   * Publishes a message whose text follows in parts.
   * @param data a string, or an object with a `text`
   * @example
   * const answer = room.stream({ text: "" }, { id: `answer-${id}`, from: "bot", name: "Bot" });
   * for await (const word of model) answer.append(word);
   * await answer.end();
   */
  stream(data: Message, options: PublishOptions = {}): MessageStream {
    return openStream(this, data, options);
  }

  /** Adds a reaction, in the name of `from`. `dup`: it was there already. @param key 1 to 64 characters, such as an emoji */
  async react(seq: number, key: string, options: OperationOptions = {}): Promise<PublishReceipt> {
    return await this.#call("react", seq, key, options);
  }

  /** Removes a reaction. `dup`: it was not there. */
  async unreact(seq: number, key: string, options: OperationOptions = {}): Promise<PublishReceipt> {
    return await this.#call("unreact", seq, key, options);
  }

  /** Sends a signal: JSON that is not stored. */
  async signal(data: unknown, options: SignalOptions = {}): Promise<void> {
    await this.#call("signal", plain(data, "data of a signal"), options);
  }

  /** Reads stored messages, oldest first. */
  history(query: HistoryQuery = {}): Promise<HistoryPage<Message>> {
    return this.#call("history", query);
  }

  /** Reads one message in its current form. @throws DormouseError `invalid_target` where the room has no such message */
  message(seq: number): Promise<StoredMessage<Message>> {
    return this.#call("message", seq);
  }

  /**
   * Reads stored messages page by page: oldest first, or newest first with `before`. `limit` is the size of a page.
   * @throws DormouseError `epoch_changed` where the room is erased meanwhile
   */
  messages(query: HistoryQuery = {}): AsyncGenerator<StoredMessage<Message>, void, undefined> {
    return historyMessages(this, query);
  }

  /** The members who are here. The list is null where there are more than `MEMBERS_LISTED`. */
  async members(): Promise<{ members: Member[] | null; count: number }> {
    return JSON.parse(await this.#call("membersText"));
  }

  /** The position of the log, and the number of members. */
  info(): Promise<RoomInfo> {
    return this.#call("info");
  }

  /** How the deliveries of this room to the webhook go. */
  webhook(): Promise<WebhookState> {
    return this.#call("webhook");
  }

  /** Closes the sessions of a member. */
  async kick(member: string): Promise<void> {
    await this.#call("kick", member);
  }

  /** Closes the sessions of a member and keeps it out for so many seconds; 0 ends a ban. */
  async ban(member: string, seconds: number): Promise<void> {
    await this.#call("ban", member, seconds);
  }

  /** Ends the ban of a member. */
  unban(member: string): Promise<void> {
    return this.ban(member, 0);
  }

  /** Removes all messages for good. */
  async erase(): Promise<void> {
    await this.#call("erase");
  }

  /** Has the room's `onSchedule` called with a payload at a time. @returns an id for `cancelSchedule` */
  async schedule(when: Date | number, payload: unknown = null): Promise<number> {
    return await this.#call("schedule", Number(when), plain(payload, "payload"));
  }

  /** @returns whether the entry was still there */
  cancelSchedule(id: number): Promise<boolean> {
    return this.#call("cancelSchedule", id);
  }

  async #call<Result>(name: string, ...args: unknown[]): Promise<Result> {
    try {
      const call = this.#stub.dormouseCall(`owner.${name}`, args);
      const outcome = await waitAtMost(TIMEOUT_MS, call, () => {
        throw new DormouseError("unavailable", "The room did not answer in time. Try again later.");
      });
      return unwrap(outcome as Outcome<Result>);
    } catch (error) {
      if (error instanceof DormouseError) throw error;
      if (error instanceof Error && error.name === "DataCloneError")
        throw new DormouseError("invalid_event", `The call cannot be sent: ${error.message}`);
      isolateTelemetry.fault("internal", "A call to the room", error, this.name);
      throw new DormouseError(
        "unavailable" satisfies ErrorCode,
        "The room could not be reached. Try again later.",
      );
    }
  }
}

/**
 * Data as the room would store it. RPC carries other things than JSON does, so it is made plain here, where the caller learns what is wrong.
 * @throws DormouseError `invalid_event`
 */
function plain(data: unknown, what: string): unknown {
  if (data instanceof Uint8Array) return data;
  let json: string | undefined;
  try {
    json = JSON.stringify(data);
  } catch (error) {
    const [reason] = String(error).split("\n");
    throw new DormouseError("invalid_event", `The ${what} must be JSON. ${reason}.`);
  }
  if (json === undefined) throw new DormouseError("invalid_event", `The ${what} must be JSON.`);
  return JSON.parse(json);
}
