import type { Member, Signalled } from "../protocol/down.ts";
import { Room } from "./joined.ts";
import type { JoinOptions } from "./options.ts";

export { RoomError } from "./error.ts";
export type { RoomEvents } from "./events.ts";
export type { Break } from "./inbox.ts";
export type { Members } from "./members.ts";
export type { RoomMessage } from "./message.ts";
export type { CursorStore, JoinOptions, SocketLike } from "./options.ts";
export type { Published } from "./outbox.ts";
export type { HistoryPage } from "./pages.ts";
export type { ConnectionState } from "./state.ts";
export type { Member, Room, Signalled };

/**
 * Joins a room: connects, and stays connected until `leave()`. `T` is the type of the messages' data.
 *
 *     const room = joinRoom<{ text: string }>("lobby", { name: "Ada", history: 50 });
 *     room.on("message", ({ name, data }) => console.log(name, data?.text));
 *     await room.publish({ text: "hello" });
 */
export function joinRoom<T = unknown>(name: string, options: JoinOptions = {}): Room<T> {
  return new Room<T>(name, options);
}
