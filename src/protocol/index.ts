/** The wire contract, for clients and servers of your own: docs/PROTOCOL.md. */
export { base64, fromBase64 } from "./base64.ts";
export { encodeBinary, splitBinary } from "./binary.ts";
export { CAPABILITIES } from "./capabilities.ts";
export {
  CLOSES,
  type CloseName,
  DormouseError,
  ERRORS,
  type ErrorCode,
  type Problem,
  type Retry,
  retryAfterClose,
} from "./codes.ts";
export { type Cursor, formatCursor, parseCursor } from "./cursor.ts";
export { CONTRACT_VERSION, FEATURES, PING, PONG, SUBPROTOCOL } from "./limits.ts";
export type { Capability, Member, RoomInfo } from "./types.ts";
