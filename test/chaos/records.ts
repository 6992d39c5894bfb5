/** The records of a run: plain data that the checker reads. They hold only what a user of the service can observe. */

/** The data of a message: JSON, or bytes as base64. */
export type Data = { json: unknown } | { base64: string };

export type LogMessage = { seq: number; id: string; data: Data };

/** The outcome of a publish. `open`: neither acknowledged nor refused when the run was over. */
export type Outcome =
  | { kind: "acknowledged"; id: string; seq: number }
  | { kind: "refused"; code: string }
  | { kind: "open" };

export type Sent = { data: Data; outcome: Outcome };

/** What happened to a member, in order. */
export type MemberEvent =
  | ({ kind: "message"; epoch: string } & LogMessage)
  /** It connected. `seq`: the last message that it has after the replay. */
  | { kind: "welcome"; epoch: string; seq: number; resumed: boolean }
  /** It got a gap event: the room cannot send all that it missed. */
  | { kind: "gap"; epoch: string; seq: number; reason: string }
  | { kind: "lost" }
  /** Its program restarted with the saved cursor. */
  | { kind: "reload" };

/** One connection of a member, as its frames arrived, before the client corrects anything. */
export type Connection = {
  cursor: string | undefined;
  welcome: { epoch: string; seq: number; resumed: boolean } | undefined;
  seqs: number[];
};

/** A client with a cursor. */
export type MemberRecord = {
  client: string;
  room: string;
  /** How many recent messages it requests when it has no cursor, or the room refuses its cursor. */
  history: number;
  sent: Sent[];
  events: MemberEvent[];
  connections: Connection[];
};

/** One connection of a plain client: what it received, and whether it was open at the end. */
export type PlainConnection = { data: Data[]; open: boolean };

/** A client that sends and receives bare data, and cannot resume. */
export type PlainRecord = { client: string; room: string; sent: Data[]; connections: PlainConnection[] };

/** The whole log of a room after the run. Messages up to the floor are trimmed. */
export type LogRecord = { room: string; epoch: string; floor: number; messages: LogMessage[] };

export type Records = {
  /** The most messages that the service replays. */
  replay: number;
  members: MemberRecord[];
  plain: PlainRecord[];
  logs: LogRecord[];
};
