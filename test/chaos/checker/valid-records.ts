import type {
  Connection,
  Data,
  HookRecord,
  LogMessage,
  LogRecord,
  MemberEvent,
  MemberRecord,
  PlainRecord,
  Records,
} from "../records.ts";

/** How many messages the service of these records replays. */
export const REPLAY = 3;
const ROOM = "den";
const EPOCH = "e1";

/** Ten messages: ann sends the odd ones, a plain client the even ones. */
const DATA: Data[] = Array.from({ length: 10 }, (_, i) => {
  if (i === 4) return { base64: "AAEC" };
  return i % 2 === 0 ? { json: { ann: i + 1 } } : { json: `pat ${i + 1}` };
});

/** Records without a violation. Each call returns new ones, for a test to damage. */
export function validRecords() {
  const messages = DATA.map((data, i): LogMessage & { data: Data } => ({
    seq: i + 1,
    id: `m${i + 1}`,
    from: i % 2 === 0 ? "ann" : "pat",
    data,
  }));
  const delivered = (seqs: number[]): MemberEvent[] =>
    messages
      .filter(({ seq }) => seqs.includes(seq))
      .map((message) => ({ kind: "message", epoch: EPOCH, ...message }));
  const welcome = (seq: number, resumed: boolean): MemberEvent => ({
    kind: "welcome",
    epoch: EPOCH,
    seq,
    resumed,
  });

  /** Connected from the start, disconnected once and reloaded once. */
  const ann: MemberRecord = {
    client: "ann",
    room: ROOM,
    history: 0,
    sent: [
      ...messages
        .filter((_, i) => i % 2 === 0)
        .map(({ id, seq, data }) => ({ data, outcome: { kind: "acknowledged" as const, id, seq } })),
      { data: { json: "too long" }, outcome: { kind: "refused", code: "too_big" } },
      { data: { json: "in flight as she left" }, outcome: { kind: "refused", code: "left" } },
    ],
    events: [
      welcome(0, false),
      ...delivered([1, 2, 3, 4]),
      { kind: "lost" },
      welcome(7, true),
      ...delivered([5, 6, 7]),
      { kind: "reload" },
      welcome(8, true),
      ...delivered([8, 9, 10]),
    ],
    operations: [],
    timeline: [],
    connections: [
      { cursor: undefined, welcome: { epoch: EPOCH, seq: 0, resumed: false }, frames: frames(1, 2, 3, 4) },
      { cursor: `${EPOCH}.4`, welcome: { epoch: EPOCH, seq: 7, resumed: true }, frames: frames(5, 6, 7) },
      { cursor: `${EPOCH}.7`, welcome: { epoch: EPOCH, seq: 8, resumed: true }, frames: frames(8, 9, 10) },
    ],
  };
  /** Joined late with history, and was once disconnected for longer than the service replays. */
  const bob: MemberRecord = {
    client: "bob",
    room: ROOM,
    history: 2,
    sent: [],
    events: [
      welcome(3, false),
      ...delivered([2, 3]),
      { kind: "lost" },
      { kind: "gap", epoch: EPOCH, seq: 9, reason: "too_many" },
      welcome(9, false),
      ...delivered([8, 9, 10]),
    ],
    operations: [],
    timeline: [],
    connections: [
      { cursor: undefined, welcome: { epoch: EPOCH, seq: 3, resumed: false }, frames: frames(2, 3) },
      { cursor: `${EPOCH}.3`, welcome: { epoch: EPOCH, seq: 9, resumed: false }, frames: frames(8, 9, 10) },
    ],
  };
  const pat: PlainRecord = {
    client: "pat",
    room: ROOM,
    sent: DATA.filter((_, i) => i % 2 === 1),
    connections: [
      { data: asPlain(DATA.slice(0, 4)), open: false },
      { data: [], open: false },
      { data: asPlain(DATA.slice(6)), open: true },
    ],
  };
  const log: LogRecord = {
    room: ROOM,
    epoch: EPOCH,
    floor: 0,
    last: 10,
    messages,
    operations: [],
    joined: [],
    // The same array, so that a test damages both.
    history: messages,
  };
  const counts = [
    { member: "ann", count: 5 },
    { member: "pat", count: 5 },
  ];
  const hooks: HookRecord = {
    room: ROOM,
    seq: 10,
    published: structuredClone(counts),
    handled: messages.map(({ seq }) => ({ seq, member: seq % 2 === 1 ? "ann" : "pat" })),
    disordered: [],
    bot: "bot",
    answers: [],
  };
  const records: Records = {
    replay: REPLAY,
    members: [ann, bob],
    plain: [pat],
    logs: [log],
    hooks: [hooks],
    stored: [],
  };
  return { records, ann, bob, pat, log, hooks };
}

export type ValidRecords = ReturnType<typeof validRecords>;

/** The data as a plain socket receives it: other JSON than a string as JSON text. */
function asPlain(all: Data[]): Data[] {
  return all.map((data) => ("json" in data ? { json: textOf(data.json) } : data));
}

function textOf(json: unknown): string {
  return typeof json === "string" ? json : JSON.stringify(json);
}

/** Frames with one message each. */
function frames(...seqs: number[]): Connection["frames"] {
  return seqs.map((seq) => [seq, seq]);
}
