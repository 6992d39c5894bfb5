/** The types that every entry of the package exports. */
export type { MessageStream } from "../protocol/message-stream.ts";
export type { ConnectionState } from "./connection/connection-state.ts";
export type { CoreRoom, PublishOptions } from "./core-room.ts";
export type { HistoryPage } from "./delivery/history-requests.ts";
export type { Gap } from "./delivery/sequence-tracker.ts";
export type { AppEvent, RoomEvents } from "./events.ts";
export type { Member, Reaction, RoomSignal } from "./frames.ts";
export type { Members } from "./members.ts";
export type { RoomMessage } from "./message.ts";
export type { CursorStore, JoinOptions, SocketLike } from "./options.ts";
export type { Published } from "./sending/publish-queue.ts";
