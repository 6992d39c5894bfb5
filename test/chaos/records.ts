/** The records of a run: plain data that the checker reads. They hold only what a user of the service can observe. */

/** The data of a message: JSON, or bytes as base64. */
export type Data = { json: unknown } | { base64: string };

type OperationName = "edit" | "delete" | "append" | "react" | "unreact";

/** The changes that operations made to a message, see docs/PROTOCOL.md. */
export type Changes = {
  edited?: number | undefined;
  deleted?: true | undefined;
  reactions?: Record<string, { count: number; members: string[] }> | undefined;
  version?: number | undefined;
};

/** A message. `data`: undefined where it is deleted. */
export type LogMessage = {
  seq: number;
  id: string;
  from?: string;
  at?: number;
  data?: Data | undefined;
} & Changes;

/** An operation on the message `target`. An append may stand for several that follow each other. */
export type LogOperation = {
  seq: number;
  id: string;
  from?: string;
  at?: number;
  op: OperationName;
  target: number;
  key?: string | undefined;
  offset?: number | undefined;
  data?: Data | undefined;
};

/** The outcome of a publish. `open`: neither acknowledged nor refused when the run was over. */
export type Outcome =
  | { kind: "acknowledged"; id: string; seq: number }
  | { kind: "refused"; code: string }
  | { kind: "open"; because?: string };

export type Sent = { data: Data; outcome: Outcome };

/** An operation of a client. `outcomes`: one for each way on which it was sent. */
export type SentOperation = {
  id: string;
  op: OperationName;
  target: number;
  key?: string | undefined;
  data?: Data | undefined;
  via: "socket" | "http" | "both";
  outcomes: Outcome[];
};

/** An event of a member. */
export type MemberEvent =
  | ({ kind: "message"; epoch: string } & LogMessage)
  | ({ kind: "operation"; epoch: string } & LogOperation)
  /** A page of history. */
  | { kind: "page"; epoch: string; messages: LogMessage[] }
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
  /** The seqs that its frames cover, each from first to last. */
  frames: [first: number, last: number][];
};

/** A client with a cursor. */
export type MemberRecord = {
  client: string;
  room: string;
  /** Its member id, once it has joined. */
  member?: string;
  /** Whether it may edit and delete the messages of others. */
  moderator?: boolean;
  /** How many recent messages it requests when it has no cursor, or the room refuses its cursor. */
  history: number;
  sent: Sent[];
  operations: SentOperation[];
  events: MemberEvent[];
  connections: Connection[];
  /** The messages in the timeline of the client library at the end. */
  timeline: LogMessage[];
};

/** One connection of a plain client: what it received, and whether it was open at the end. */
export type PlainConnection = { data: Data[]; open: boolean };

/** A client that sends and receives bare data, and cannot resume. */
export type PlainRecord = { client: string; room: string; sent: Data[]; connections: PlainConnection[] };

/** The whole log of a room after the run. Messages up to the floor are trimmed. */
export type LogRecord = {
  room: string;
  epoch: string;
  floor: number;
  /** The newest seq. */
  last: number;
  /** The messages as they were sent, and the operations, as a returning client receives them. */
  messages: LogMessage[];
  operations: LogOperation[];
  /** The seqs of joined appends, each from first to last. */
  joined: [first: number, last: number][];
  /** The messages in their current form. */
  history: LogMessage[];
};

/** A label in a row of a table of a room. */
export type StoredLabel = { label: string; table: string };

type Count = { member: string; count: number };

/** The rows that the hooks of a room have written by the end of a run. */
export type HookRecord = {
  room: string;
  /** The last message of the room. */
  seq: number;
  /** By member: the messages that `onPublish` counted. It counts those that it refuses, too, and is then rolled back. */
  published: Count[];
  /** The messages and operations that `onMessage` and `onOperation` handled. */
  handled: { seq: number; member: string }[];
  /** Messages and operations that came before an earlier one. */
  disordered: number[];
  /** The author of what `onMessage` publishes, and the ids of all of it. */
  bot: string;
  answers: string[];
};

export type Records = {
  /** The most messages that the service replays. */
  replay: number;
  members: MemberRecord[];
  plain: PlainRecord[];
  logs: LogRecord[];
  hooks: HookRecord[];
  /** The labels in the storage of all rooms, as far as a message or an operation has them. */
  stored: StoredLabel[];
};
