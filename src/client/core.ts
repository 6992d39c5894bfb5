/**
 * The smallest client.
 * @module dormouse-rooms/core
 */

import { CoreRoom } from "./core-room.ts";
import type { JoinOptions } from "./options.ts";

export { RoomError } from "./error.ts";
export type { TimelineItem } from "./timeline/item.ts";
export { Timeline, type TimelineSnapshot } from "./timeline/timeline.ts";
export type * from "./types.ts";

/**
 * Joins a room: connects, and stays connected until `leave()`. This is the smallest client: its rooms have no operations and no iteration, and
 * each call opens a socket of its own. A timeline is added with `new Timeline(room, options)`; a bundler drops it where it is not used.
 * @throws RoomError `no_websocket` where the runtime has no `WebSocket` and the options have no `socket`
 * @example
 * const room = joinRoom<{ text: string }>("lobby", { name: "Ada", history: 50 });
 * room.on("message", ({ name, data }) => console.log(name, data?.text));
 */
export function joinRoom<Message = unknown, Signal = unknown, State = unknown>(
  name: string,
  options: JoinOptions = {},
): CoreRoom<Message, Signal, State> {
  return new CoreRoom(name, options);
}
