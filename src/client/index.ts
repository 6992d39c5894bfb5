/**
 * The client: rooms with operations, iteration, a timeline, and a socket that one page or all tabs share.
 * @module dormouse-rooms
 */

import type { JoinOptions } from "./options.ts";
import type { Room } from "./room.ts";
import { joinShared } from "./shared-rooms.ts";

export { RoomError } from "./error.ts";
export type { TimelineItem } from "./timeline/item.ts";
export type { Timeline, TimelineSnapshot } from "./timeline/timeline.ts";
export type * from "./types.ts";
export type { Room };

/**
 * Joins a room: connects, and stays connected until `leave()`. In a page, calls with the same name and options share one room. The type parameters are those of the data of messages and signals,
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
  return joinShared(name, options) as Room<Message, Signal, State>;
}
