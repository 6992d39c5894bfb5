/**
 * What a run leaves behind: plain data, from which the checker proves the promises. Nothing here knows of the service but
 * what its users see.
 */

/** The data of a message: JSON, or bytes as base64. */
export type Data = { json: unknown } | { base64: string };

export type LogMessage = { seq: number; id: string; data: Data };

/** What became of a publish. An open one was neither acknowledged nor refused when the storm had long been over. */
export type Outcome =
  | { kind: "acknowledged"; id: string; seq: number }
  | { kind: "refused"; code: string }
  | { kind: "open" };

export type Sent = { data: Data; outcome: Outcome };

/** What happened to a member, in its order. */
export type Entry =
  | ({ kind: "message"; epoch: string } & LogMessage)
  /** It is connected. `seq`: the last that it will have when what it is owed has come. */
  | { kind: "welcome"; epoch: string; seq: number; resumed: boolean }
  /** It was told that it cannot be sent all of what it missed. */
  | { kind: "gap"; epoch: string; seq: number; reason: string }
  | { kind: "lost" }
  /** Its program ended and started again, with the cursor that was kept. */
  | { kind: "reload" };

/**
 * One connection of a member, before the SDK mends what may be amiss: the cursor that it came with, its welcome, and
 * every seq that came, as it came.
 */
export type Connection = {
  cursor: string | undefined;
  welcome: { epoch: string; seq: number; resumed: boolean } | undefined;
  seqs: number[];
};

/** A client with a cursor. */
export type MemberRecord = {
  client: string;
  room: string;
  /** How many of the last messages it asks for where it has no cursor, or its cursor is not honoured. */
  history: number;
  sent: Sent[];
  entries: Entry[];
  connections: Connection[];
};

/** One connection of a plain client: what it got, and whether it was open at the end. */
export type Stretch = { data: Data[]; open: boolean };

/** A client that sends and gets bare data. It is told of nothing, and cannot come back to where it was. */
export type PlainRecord = { client: string; room: string; sent: Data[]; stretches: Stretch[] };

/** The history of a room, read in full when all was over. Messages up to the floor are gone. */
export type LogRecord = { room: string; epoch: string; floor: number; messages: LogMessage[] };

export type Records = {
  /** How many messages the service replays at most. */
  replay: number;
  members: MemberRecord[];
  plain: PlainRecord[];
  logs: LogRecord[];
};
