import type { Member, RoomInfo } from "../protocol/types.ts";
import type { HookSession } from "./hooks/hook-session.ts";
import type { StoredMessage } from "./hooks/room-hooks.ts";

/** `id`: makes a retry safe. `from` and `name`: the author, `server` and `Server` if absent. */
export type PublishOptions = { id?: string; from?: string; name?: string };
/** One stored message. `dup`: the id was in the log already, under this seq, and nothing was added. */
export type PublishReceipt = { id: string; seq: number; dup: boolean; epoch: string };
/** `to`: member ids, absent for all. `key`: a newer signal replaces an unsent one with the same key. */
export type SignalOptions = { to?: readonly string[]; key?: string; from?: string };
/** The last `limit` messages before a seq, or the first after one. At most 1,000; 50 if absent. */
export type HistoryQuery = { before?: number; after?: number; limit?: number };
/** Oldest first. `more`: there are more in the requested direction. */
export type HistoryPage<Data = unknown> = { epoch: string; messages: StoredMessage<Data>[]; more: boolean };

/** A message of `publishMany`: any JSON, or a `Uint8Array`. `id`: makes a retry safe. */
export type MessageToPublish<Message = unknown> = { data: Message | Uint8Array; id?: string | undefined };

/** What the server code of a room's owner can do with it, within its Durable Object. */
export interface RoomOwner {
  /** Publishes a message: any JSON, or a `Uint8Array`. Resolves once it is stored. */
  publish(data: unknown, options?: PublishOptions): Promise<PublishReceipt>;
  /** Publishes all of the messages or none. */
  publishMany(messages: readonly MessageToPublish[], options?: PublishOptions): Promise<PublishReceipt[]>;
  /** Sends a signal: JSON that is not stored. */
  signal(data: unknown, options?: SignalOptions): void;
  /** Reads stored messages, oldest first. */
  history(query?: HistoryQuery): HistoryPage;
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
