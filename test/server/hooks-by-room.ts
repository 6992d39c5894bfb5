import type { RoomHooks } from "../../src/server/index.ts";

/** What a test has the room of a name do. The rooms run in the isolate of the tests. */
export const hooksByRoom = new Map<string, RoomHooks>();
