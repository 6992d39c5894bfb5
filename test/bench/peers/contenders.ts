import type { Contender } from "./contender.ts";
import { dormouse, unlogged } from "./dormouse.ts";
import { socketio, ws } from "./node.ts";
import { onesend } from "./onesend.ts";

/** The others on the same work, by what each would be built with. */
export const PEERS: readonly Contender[] = [ws, socketio, onesend];

export { dormouse, onesend, unlogged };
