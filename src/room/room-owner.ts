import type {
  AppendOptions,
  HistoryPage,
  HistoryQuery,
  MessageToPublish,
  OperationOptions,
  PublishOptions,
  PublishReceipt,
  SignalOptions,
  StoredMessage,
} from "../protocol/room-api.ts";
import type { Member, RoomInfo } from "../protocol/types.ts";
import type { HookSession } from "./hooks/hook-session.ts";

export type {
  AppendOptions,
  HistoryPage,
  HistoryQuery,
  MessageToPublish,
  OperationOptions,
  PublishOptions,
  PublishReceipt,
  SignalOptions,
  StoredMessage,
} from "../protocol/room-api.ts";

/** The calls that the server code of a room's owner can make within its Durable Object. */
export interface RoomOwner {
  /** Publishes a message: any JSON, or a `Uint8Array`. Resolves once it is stored. */
  publish(data: unknown, options?: PublishOptions): Promise<PublishReceipt>;
  /** Publishes all of the messages or none. */
  publishMany(messages: readonly MessageToPublish[], options?: PublishOptions): Promise<PublishReceipt[]>;
  /** Replaces the data of a message. */
  edit(seq: number, data: unknown, options?: OperationOptions): Promise<PublishReceipt>;
  /** Deletes a message: its content is removed for good. */
  delete(seq: number, options?: OperationOptions): Promise<PublishReceipt>;
  /** Appends to the text of a message: to its data, or to the `text` of its data. */
  append(seq: number, text: string, options?: AppendOptions): Promise<PublishReceipt>;
  /** Adds a reaction, in the name of `from`. */
  react(seq: number, key: string, options?: OperationOptions): Promise<PublishReceipt>;
  /** Removes a reaction. */
  unreact(seq: number, key: string, options?: OperationOptions): Promise<PublishReceipt>;
  /** Sends a signal: JSON that is not stored. */
  signal(data: unknown, options?: SignalOptions): void;
  /** Reads stored messages, oldest first. */
  history(query?: HistoryQuery): HistoryPage;
  /** One message in its current form. */
  message(seq: number): StoredMessage;
  /** The members who are here; the list is null where there are too many. */
  members(): { members: Member[] | null; count: number };
  /** The open sessions. */
  sessions(): HookSession[];
  info(): RoomInfo;
  /** Closes the sessions of a member. */
  kick(member: string): void;
  /** Closes the sessions of a member and keeps it out for so many seconds; 0 ends a ban. */
  ban(member: string, seconds: number): void;
  /** Removes all messages for good. */
  erase(): void;
  /** Has `onSchedule` called with a payload at a time. @returns an id for `cancelSchedule` */
  schedule(when: Date | number, payload: unknown): number;
  /** @returns whether the entry was still there */
  cancelSchedule(id: number): boolean;
}
