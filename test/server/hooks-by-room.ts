import type { RoomHooks } from "../../src/server/index.ts";

/** The hooks that a test gives to the room of a name. The rooms run in the isolate of the tests. */
export const hooksByRoom = new Map<string, RoomHooks>();
