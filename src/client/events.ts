import type { RoomError } from "./error.ts";
import type { Break } from "./inbox.ts";
import type { ConnectionState } from "./state.ts";

/** A message as it arrives. A binary message has `bytes` in place of `data`. `at`: milliseconds, the server's clock. */
export type RoomMessage<T> = { seq: number; at: number; id: string; from: string; name: string } & (
  | { data: T; bytes?: never }
  | { bytes: Uint8Array; data?: never }
);

export type RoomEvents<T> = {
  /** Each message once, in order. */
  message: RoomMessage<T>;
  /** The connection is in another state. */
  state: ConnectionState;
  /** What was missed cannot be sent in full: what is shown has a gap before what comes next. */
  gap: Break;
  /** The server refused something that no call waits for. */
  error: RoomError;
};
