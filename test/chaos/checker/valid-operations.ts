import type {
  LogMessage,
  LogOperation,
  LogRecord,
  MemberEvent,
  MemberRecord,
  PlainRecord,
  Records,
  SentOperation,
} from "../records.ts";

const ROOM = "desk";
const EPOCH = "e1";

/**
 * Records of a room with operations, and without a violation: message 1 gets two appends and a reaction, 2 an append and its deletion, and
 * 8 an edit. Each call returns new ones, for a test to damage.
 */
export function validOperations() {
  const base = (seq: number, from: string) => ({ seq, id: `m${seq}`, from, at: 100 + seq });
  const messages: LogMessage[] = [
    { ...base(1, "ann"), data: { json: { text: "<ann.1>" } } },
    { ...base(2, "ann"), data: { json: "<ann.2>" } },
    { ...base(8, "bob"), data: { json: "<bob.8>" } },
  ];
  const live: LogOperation[] = [
    { ...base(3, "ann"), op: "append", target: 1, offset: 7, data: { json: "<ann.op3>ab" } },
    { ...base(4, "ann"), op: "append", target: 1, offset: 18, data: { json: "<ann.op4>cd" } },
    { ...base(5, "bob"), op: "react", target: 1, key: "x" },
    { ...base(6, "ann"), op: "append", target: 2, offset: 7, data: { json: "<ann.op6>" } },
    { ...base(7, "ann"), op: "delete", target: 2 },
    { ...base(9, "bob"), op: "edit", target: 8, data: { json: "<bob.op9>" } },
  ];
  const operation = (seq: number): LogOperation => {
    const found = live.find((each) => each.seq === seq);
    if (found === undefined) throw new Error(`There is no operation ${seq}.`);
    return structuredClone(found);
  };
  const text = "<ann.1><ann.op3>ab<ann.op4>cd";
  const history: LogMessage[] = [
    {
      ...base(1, "ann"),
      data: { json: { text } },
      reactions: { x: { count: 1, members: ["bob"] } },
      version: 5,
    },
    { ...base(2, "ann"), deleted: true, version: 7 },
    { ...base(8, "bob"), data: { json: "<bob.op9>" }, edited: 109, version: 9 },
  ];
  const log: LogRecord = {
    room: ROOM,
    epoch: EPOCH,
    floor: 0,
    last: 9,
    messages: [messages[0], { ...base(2, "ann"), deleted: true, version: 7 }, messages[2]].map((each) =>
      structuredClone(each as LogMessage),
    ),
    operations: [
      { ...operation(4), offset: 7, data: { json: "<ann.op3>ab<ann.op4>cd" } },
      operation(5),
      { ...base(6, "ann"), op: "delete", target: 2 },
      operation(7),
      operation(9),
    ],
    joined: [[3, 4]],
    history: structuredClone(history),
  };
  const message = (seq: number): MemberEvent => ({
    kind: "message",
    epoch: EPOCH,
    ...structuredClone(messages.find((each) => each.seq === seq) as LogMessage),
  });
  const operated = (...seqs: number[]): MemberEvent[] =>
    seqs.map((seq) => ({ kind: "operation", epoch: EPOCH, ...operation(seq) }));
  const sent = (seq: number): SentOperation => {
    const { id, op, target, key, data } = operation(seq);
    return { id, op, target, key, data, via: "socket", outcomes: [{ kind: "acknowledged", id, seq }] };
  };
  const published = (seq: number) => ({
    data: messages.find((each) => each.seq === seq)?.data ?? { json: null },
    outcome: { kind: "acknowledged" as const, id: `m${seq}`, seq },
  });
  /** Connected from the start. */
  const ann: MemberRecord = {
    client: "ann",
    room: ROOM,
    member: "ann",
    history: 0,
    sent: [published(1), published(2)],
    operations: [sent(3), sent(4), sent(6), sent(7)],
    events: [
      { kind: "welcome", epoch: EPOCH, seq: 0, resumed: false },
      message(1),
      message(2),
      ...operated(3, 4, 5, 6, 7),
      message(8),
      ...operated(9),
      { kind: "page", epoch: EPOCH, messages: structuredClone(history) },
    ],
    connections: [
      {
        cursor: undefined,
        welcome: { epoch: EPOCH, seq: 0, resumed: false },
        frames: [
          [1, 1],
          [2, 7],
          [8, 9],
        ],
      },
    ],
    timeline: structuredClone(history),
  };
  /** Joined after the first append, with the last two messages in their current form. Its first append is joined, and overlaps. */
  const bob: MemberRecord = {
    client: "bob",
    room: ROOM,
    member: "bob",
    history: 2,
    sent: [published(8)],
    operations: [
      sent(5),
      sent(9),
      // It was set already.
      { ...sent(5), id: "again", outcomes: [{ kind: "acknowledged", id: "again", seq: 5 }] },
      {
        ...sent(9),
        id: "late",
        target: 2,
        data: { json: "<bob.op10>" },
        outcomes: [{ kind: "refused", code: "invalid_target" }],
      },
    ],
    events: [
      { kind: "welcome", epoch: EPOCH, seq: 3, resumed: false },
      {
        kind: "message",
        epoch: EPOCH,
        ...base(1, "ann"),
        data: { json: { text: "<ann.1><ann.op3>ab" } },
        version: 3,
      },
      message(2),
      {
        kind: "operation",
        epoch: EPOCH,
        ...operation(4),
        offset: 7,
        data: { json: "<ann.op3>ab<ann.op4>cd" },
      },
      ...operated(5, 6, 7),
      message(8),
      ...operated(9),
    ],
    connections: [
      {
        cursor: undefined,
        welcome: { epoch: EPOCH, seq: 3, resumed: false },
        frames: [
          [1, 3],
          [4, 9],
        ],
      },
    ],
    timeline: structuredClone(history),
  };
  const pat: PlainRecord = {
    client: "pat",
    room: ROOM,
    sent: [],
    connections: [
      {
        data: ['{"text":"<ann.1>"}', "<ann.2>", "<ann.op3>ab", "<ann.op4>cd", "<ann.op6>", "<bob.8>"].map(
          (json) => ({ json }),
        ),
        open: true,
      },
    ],
  };
  const stored = ["<ann.1>", "<ann.op3>", "<ann.op4>", "<bob.8>", "<bob.op9>"].map((label) => ({
    label,
    table: "dormouse_segments",
  }));
  const records: Records = {
    replay: 100,
    members: [ann, bob],
    plain: [pat],
    logs: [log],
    hooks: [],
    stored,
  };
  return { records, ann, bob, pat, log, stored };
}

export type ValidOperations = ReturnType<typeof validOperations>;
