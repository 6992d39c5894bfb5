import type { MessageStream } from "./message-stream.ts";
import type { OperationName, Reaction, StreamEnd, StreamState } from "./operations.ts";
import type { Member, RoomInfo } from "./types.ts";
import type { WebhookState } from "./webhook-state.ts";

/** A stored message. `at`: milliseconds. `data` is undefined for a binary message, which has `bytes`. */
export type StoredMessage<Data = unknown> = {
  seq: number;
  at: number;
  id: string;
  from: string;
  name: string;
  data: Data;
  bytes?: Uint8Array;
} & MessageChanges;

/**
 * The changes that operations made to a message, if there were any. `edited`: milliseconds. A deleted message has no data. `version`: the seq of the
 * last operation.
 */
export type MessageChanges = {
  edited?: number | undefined;
  deleted?: true | undefined;
  reactions?: Record<string, Reaction> | undefined;
  version?: number | undefined;
  /** It is written as a stream that is `open`, or that ended `incomplete`. */
  stream?: StreamState | undefined;
};

/** An operation as it was stored. `target`: the seq of its message; `key`: of a reaction; `offset`: see the wire protocol. */
export type StoredOperation<Data = unknown> = StoredMessage<Data> & {
  op: OperationName;
  target: number;
  key?: string | undefined;
  offset?: number | undefined;
  end?: StreamEnd | undefined;
};

/**
 * `id`: makes a retry safe. `from` and `name`: the author, `server` and `Server` if absent. `stream`: the text of the message follows in
 * appends, of which the last one has an `end`.
 */
export type PublishOptions = {
  id?: string | undefined;
  from?: string | undefined;
  name?: string | undefined;
  stream?: true | undefined;
};

/** `epoch`: of the log that the seq belongs to, as in a receipt. Absent: the present one, also after an erase. */
export type OperationOptions = Omit<PublishOptions, "stream"> & { epoch?: string | undefined };

/** `end`: the append ends the stream of its message. */
export type AppendOptions = OperationOptions & { end?: StreamEnd | undefined };
/** One stored message. `dup`: the id was in the log already, under this seq, and nothing was added. */
export type PublishReceipt = { id: string; seq: number; dup: boolean; epoch: string };
/** `to`: member ids, absent for all. `key`: a newer signal replaces an unsent one with the same key. */
export type SignalOptions = { to?: readonly string[]; key?: string; from?: string };
/** The last `limit` messages before a seq, or the first after one. At most 1,000; 50 if absent. */
export type HistoryQuery = { before?: number; after?: number; limit?: number };
/** Oldest first. `more`: there are more in the requested direction. */
export type HistoryPage<Data = unknown> = { epoch: string; messages: StoredMessage<Data>[]; more: boolean };

/** A message of `publishMany`: any JSON, or a `Uint8Array`. `id`: makes a retry safe. */
export type MessageToPublish<Message = unknown> = {
  data: Message | Uint8Array;
  id?: string | undefined;
  stream?: true | undefined;
};

/**
 * The calls that server code outside a room can make. `RoomHandle` does it by RPC and `RemoteRoom` over HTTP, so code that takes a `RoomApi`
 * runs with either.
 * @example
 * async function ship(room: RoomApi<{ state: string }>, id: string) {
 *   await room.publish({ state: "shipped" }, { id: `ship-${id}` });
 * }
 */
export interface RoomApi<Message = unknown> {
  readonly name: string;
  /** Publishes a message: any JSON, or a `Uint8Array`. Resolves once it is stored. */
  publish(
    data: Message | Uint8Array,
    options?: Pick<PublishOptions, "id" | "stream">,
  ): Promise<PublishReceipt>;
  /** Publishes a message whose text follows in parts. `data`: a string, or an object with a `text`. */
  stream(data: Message, options?: Pick<PublishOptions, "id">): MessageStream;
  /** Publishes all of the messages or none, in their order and as one call. */
  publishMany(messages: readonly MessageToPublish<Message>[]): Promise<PublishReceipt[]>;
  /** Replaces the data of a message. */
  edit(seq: number, data: Message, options?: Pick<OperationOptions, "id" | "epoch">): Promise<PublishReceipt>;
  /** Deletes a message: its content is removed for good. */
  delete(seq: number, options?: Pick<OperationOptions, "id" | "epoch">): Promise<PublishReceipt>;
  /** Appends to the text of a message: to its data, or to the `text` of its data. */
  append(
    seq: number,
    text: string,
    options?: Pick<AppendOptions, "id" | "end" | "epoch">,
  ): Promise<PublishReceipt>;
  /** Adds a reaction to a message. `key`: 1 to 64 characters, such as an emoji. `dup`: it was there already. */
  react(seq: number, key: string, options?: Pick<OperationOptions, "id" | "epoch">): Promise<PublishReceipt>;
  /** Removes a reaction. `dup`: it was not there. */
  unreact(
    seq: number,
    key: string,
    options?: Pick<OperationOptions, "id" | "epoch">,
  ): Promise<PublishReceipt>;
  /** Sends a signal: JSON that is not stored. */
  signal(data: unknown, options?: Pick<SignalOptions, "to" | "key">): Promise<void>;
  /** Reads one page of stored messages, oldest first. */
  history(query?: HistoryQuery): Promise<HistoryPage<Message>>;
  /** Reads one message in its current form. It rejects with `invalid_target` where the room has no such message. */
  message(seq: number): Promise<StoredMessage<Message>>;
  /** Reads stored messages page by page: oldest first, or newest first with `before`. `limit` is the size of a page. */
  messages(query?: HistoryQuery): AsyncGenerator<StoredMessage<Message>, void, undefined>;
  /** The members who are here. The list is null where there are more than `MEMBERS_LISTED`. */
  members(): Promise<{ members: Member[] | null; count: number }>;
  /** The position of the log, and the number of members. */
  info(): Promise<RoomInfo>;
  /** How the deliveries of this room to the webhook go. */
  webhook(): Promise<WebhookState>;
  /** Closes the sessions of a member. */
  kick(member: string): Promise<void>;
  /** Closes the sessions of a member and keeps it out for so many seconds; 0 ends a ban. */
  ban(member: string, seconds: number): Promise<void>;
  /** Ends the ban of a member. */
  unban(member: string): Promise<void>;
  /** Removes all messages for good. */
  erase(): Promise<void>;
}
