import type { JoinOptions } from "./options.ts";
import { Room } from "./room.ts";

export type { ConnectionState } from "./connection/connection-state.ts";
export type { HistoryPage } from "./delivery/history-requests.ts";
export type { Gap } from "./delivery/sequence-tracker.ts";
export { RoomError } from "./error.ts";
export type { RoomEvents } from "./events.ts";
export type { Member, RoomSignal } from "./frames.ts";
export type { Members } from "./members.ts";
export type { RoomMessage } from "./message.ts";
export type { CursorStore, JoinOptions, SocketLike } from "./options.ts";
export type { Published } from "./sending/publish-queue.ts";
export type { Room };

/**
 * Joins a room: connects, and stays connected until `leave()`. The type parameters are those of the data of messages and signals,
 * and of the members' state.
 * @throws RoomError `no_websocket` where the runtime has no `WebSocket` and the options have no `socket`
 * @example
 * const room = joinRoom<{ text: string }>("lobby", { name: "Ada", history: 50 });
 * room.on("message", ({ name, data }) => console.log(name, data?.text));
 * await room.publish({ text: "hello" });
 */
export function joinRoom<Message = unknown, Signal = unknown, State = unknown>(
  name: string,
  options: JoinOptions = {},
): Room<Message, Signal, State> {
  return new Room(name, options);
}
