/**
 * The frames that the server sends, as plain types: the package's declarations name no schema library.
 * `test/client/frames.types.ts` compares them with the schemas in `protocol/`.
 */

import type { CloseName, ErrorCode, Retry } from "../protocol/codes.ts";

export type Capability = "read" | "publish" | "signal" | "presence" | "moderate" | "admin";

/** A member of a room. `state` is null until the member sets one. */
export type Member<State = unknown> = { member: string; name: string; state: State | null };

/** Why the server did not honour a cursor. */
export type ResumeRefusal = "epoch" | "trimmed" | "ahead" | "too_many";

/** The limits of this deployment: bytes, characters, counts, and events a second (0: no limit). */
export type Limits = {
  messageBytes: number;
  nameChars: number;
  idChars: number;
  historyMessages: number;
  publishRate: number;
  publishBurst: number;
  signalRate: number;
  signalBurst: number;
  signalBytes: number;
  stateBytes: number;
  ackBytes?: number | undefined;
};

/** The first frame of a session. `seq` is the last one that the client has once everything it is owed has arrived. */
export type Welcome<State = unknown> = {
  type: "welcome";
  session: string;
  member: string;
  name: string;
  epoch: string;
  seq: number;
  resumed: boolean;
  reason?: ResumeRefusal | undefined;
  can: Capability[];
  /** Seconds between two pings. */
  heartbeat: number;
  limits: Limits;
  members: Member<State>[] | null;
  count: number;
  features?: string[] | undefined;
};

export type PresenceChange<State = unknown> = {
  type: "presence";
  joined: Member<State>[];
  left: string[];
  updated: Member<State>[];
  count: number;
};

/** A signal as it arrives. */
export type RoomSignal<Signal = unknown> = { from: string; data: Signal };

/** The reactions to a message with one key. `members` holds at most 20 ids; `mine`: this member is one of them. */
export type Reaction = { count: number; members: string[]; mine?: boolean | undefined };

/** Fields that the server adds to a message, where there are any. */
export type MessageExtras = {
  /** An operation on another message, and the seq of that message. */
  op?: "edit" | "delete" | "append" | "react" | "unreact" | undefined;
  target?: number | undefined;
  /** The key of a reaction. */
  key?: string | undefined;
  /** The length of the text before an append: UTF-16 code units. */
  offset?: number | undefined;
  /** An append ends the stream of its message: it is whole, or stays as it is. */
  end?: "complete" | "incomplete" | undefined;
  /** When the message was edited last: milliseconds. */
  edited?: number | undefined;
  deleted?: boolean | undefined;
  reactions?: Record<string, Reaction> | undefined;
  /** The seq of the last operation on the message. */
  version?: number | undefined;
  /** The text of the message follows in appends, or ended before it was whole. */
  stream?: "open" | "incomplete" | undefined;
};

/** A message in a frame. Where the frame covers more seqs than it has messages, each has its own `seq` and `at`. */
export type FrameMessage = MessageExtras & {
  id: string;
  from: string;
  name: string;
  data?: unknown;
  seq?: number | undefined;
  at?: number | undefined;
};

/** The seq of `messages[i]` is `first + i`. A frame with `last` covers the seqs from `first` to `last` with fewer messages. */
export type MessagesFrame = {
  type: "messages";
  first: number;
  last?: number | undefined;
  at: number;
  messages: FrameMessage[];
};

/** The header of a binary frame; the rest of the frame is the message. */
export type BinaryHeader = MessageExtras & {
  type: "message";
  seq: number;
  at: number;
  id: string;
  from: string;
  name: string;
};

/** A message of a page of history: `data`, or `binary` in base64 (RFC 4648, section 4). */
export type HistoryMessage = MessageExtras & {
  seq: number;
  at: number;
  id: string;
  from: string;
  name: string;
} & ({ data?: unknown } | { binary: string });

export type HistoryFrame = { type: "history"; id: string; messages: HistoryMessage[]; more: boolean };

export type ErrorFrame = {
  type: "error";
  code: ErrorCode;
  message: string;
  id?: string | undefined;
  retryAfter?: number | undefined;
};

/** A text frame. */
export type ServerFrame =
  | Welcome
  | MessagesFrame
  | PresenceChange
  | { type: "signals"; signals: RoomSignal[] }
  | { type: "ack"; id: string; seq: number }
  | HistoryFrame
  | ErrorFrame
  | { type: "mark"; mark: string }
  | { type: "bye"; code: CloseName; retry: Retry; after: number; reason?: string | undefined };
