import { CoreRoom } from "./core-room.ts";
import type { JoinOptions } from "./options.ts";

export { RoomError } from "./error.ts";
export type * from "./types.ts";

/**
 * Joins a room: connects, and stays connected until `leave()`. This is the smallest client: its rooms have no timeline, no operations and no
 * iteration, and each call opens a socket of its own.
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
