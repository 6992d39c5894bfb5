import type { ConnectionState } from "./connection/connection-state.ts";
import type { Gap } from "./delivery/sequence-tracker.ts";
import type { RoomError } from "./error.ts";
import type { Member, RoomSignal } from "./frames.ts";
import type { Members } from "./members.ts";
import type { RoomMessage } from "./message.ts";
import type { Operation, Published } from "./sending/publish-queue.ts";

export type MemberEvents<State = unknown> = {
  /** The list of members, or their count, has changed. */
  members: Members<State>;
  /** A member joined, left, or changed its name or state, also while the connection was down. */
  join: Member<State>;
  leave: Member<State>;
  update: Member<State>;
};

export type OwnPublish<Message = unknown> = Operation & {
  id: string;
  data: Message | ArrayBuffer | ArrayBufferView;
  published: Promise<Published>;
};

/** An event of the service's own code. Its type is not one of the protocol. */
export type AppEvent = { type: string; [field: string]: unknown };

export type RoomEvents<Message = unknown, Signal = unknown, State = unknown> = MemberEvents<State> & {
  /** Each message once, in order. */
  message: RoomMessage<Message>;
  /**
   * The position in the log has moved, also over operations that a fresh session does not get. The seq before.
   * @internal
   */
  position: number;
  /** This client publishes a message. `published` settles as the result of `publish()` does. */
  publish: OwnPublish<Message>;
  /** The connection has changed its state. */
  state: ConnectionState;
  /** The server cannot send everything that was missed. The messages after this event do not follow the ones before it. */
  gap: Gap;
  /** A signal of a member. A client receives its own signals, too. */
  signal: RoomSignal<Signal>;
  /** The service's own code sent this session an event (`session.send`). */
  event: AppEvent;
  /** The server refused something that no call waits for. */
  error: RoomError;
};
