import type { Contender } from "./contender.ts";
import { dormouse, unlogged } from "./dormouse.ts";
import { socketio, ws } from "./node.ts";
import { onesend } from "./onesend.ts";

/** The contenders to compare with. */
export const PEERS: readonly Contender[] = [ws, socketio, onesend];

export { dormouse, onesend, unlogged };
