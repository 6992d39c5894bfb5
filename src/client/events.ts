import type { Member, Signalled } from "../protocol/down.ts";
import type { RoomError } from "./error.ts";
import type { Break } from "./inbox.ts";
import type { Members } from "./members.ts";
import type { RoomMessage } from "./message.ts";
import type { ConnectionState } from "./state.ts";

export type MemberEvents = {
  /** The list of members, or their count, is another. */
  members: Members;
  /** Somebody came, left, or shows another name or state; all that happened while the connection was away, too. */
  join: Member;
  leave: Member;
  update: Member;
};

export type RoomEvents<T> = MemberEvents & {
  /** Each message once, in order. */
  message: RoomMessage<T>;
  /** The connection is in another state. */
  state: ConnectionState;
  /** What was missed cannot be sent in full: what is shown has a gap before what comes next. */
  gap: Break;
  /** Ephemeral data of a member, this client's own included. */
  signal: Signalled;
  /** The server refused something that no call waits for. */
  error: RoomError;
};
