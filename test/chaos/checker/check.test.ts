import { expect, test } from "vitest";
import type { MemberEvent } from "../records.ts";
import { check } from "./check.ts";
import { REPLAY, type ValidRecords, validRecords } from "./valid-records.ts";
import { VIOLATIONS, type ViolationKind } from "./violation.ts";

type Damage = (valid: ValidRecords) => void;

/** Damages valid records, and returns the kinds of violation that the checker finds. */
function violationsAfter(damage: Damage): ViolationKind[] {
  const valid = validRecords();
  damage(valid);
  return [...new Set(check(valid.records).map(({ kind }) => kind))];
}

type MessageEntry = Extract<MemberEvent, { kind: "message" }>;

function isMessage(event: MemberEvent, seq: number): event is MessageEntry {
  return event.kind === "message" && event.seq === seq;
}

/** The event in which a member received this seq, for a test to change. */
function received({ events }: ValidRecords["ann"], seq: number): MessageEntry {
  const event = events.find((each) => isMessage(each, seq));
  if (event?.kind !== "message") throw new Error(`The member has no message ${seq}.`);
  return event;
}

function omit(member: ValidRecords["ann"], seq: number): void {
  member.events = member.events.filter((event) => !isMessage(event, seq));
}

function omitGaps(member: ValidRecords["ann"]): void {
  member.events = member.events.filter(({ kind }) => kind !== "gap");
}

function gapOf({ events }: ValidRecords["ann"]): Extract<MemberEvent, { kind: "gap" }> {
  const gap = events.find(({ kind }) => kind === "gap");
  if (gap?.kind !== "gap") throw new Error("The member has no gap event.");
  return gap;
}

/** Removes a message from the log, and renumbers those behind it. */
function removeAndRenumber({ log }: ValidRecords, seq: number): void {
  log.messages = log.messages
    .filter((message) => message.seq !== seq)
    .map((message) => (message.seq > seq ? { ...message, seq: message.seq - 1 } : message));
}

function trim(log: ValidRecords["log"]): void {
  log.floor = 4;
  log.messages.splice(0, log.floor);
}

test("finds no violation in valid records", () => {
  expect(check(validRecords().records)).toEqual([]);
});

test("finds no violation in an empty room", () => {
  const nothing = { messages: [], operations: [], joined: [], history: [] };
  const log = { room: "empty", epoch: "e", floor: 0, last: 0, ...nothing };
  expect(check({ replay: REPLAY, members: [], plain: [], logs: [log], hooks: [], stored: [] })).toEqual([]);
});

test("reports the kind, room and client of a violation, and a sentence", () => {
  const valid = validRecords();
  omit(valid.ann, 6);
  expect(check(valid.records)).toEqual([
    {
      kind: "gap",
      room: "den",
      client: "ann",
      sentence: expect.stringMatching(/^ann got e1\.7 .* after e1\.5/),
    },
  ]);
});

const ORD: [string, ViolationKind, Damage][] = [
  [
    "two members with different messages at one seq",
    "order",
    ({ ann }) => Object.assign(received(ann, 3), { id: "m0" }),
  ],
  [
    "two members with different data at one seq",
    "order",
    ({ bob }) => Object.assign(received(bob, 8), { data: { json: 0 } }),
  ],
  ["a member that missed a message", "gap", ({ ann }) => omit(ann, 3)],
  ["a member that missed the first message of a replay", "gap", ({ ann }) => omit(ann, 5)],
  ["a member that missed the first message of its history", "gap", ({ bob }) => omit(bob, 2)],
  ["a member that missed the first message after a reload", "gap", ({ ann }) => omit(ann, 8)],
  ["a message before the welcome", "gap", ({ ann }) => void ann.events.shift()],
  [
    "a member that got a message twice",
    "redelivered",
    ({ ann }) => void ann.events.splice(3, 0, received(ann, 2)),
  ],
  [
    "a member that got a message again in a replay",
    "redelivered",
    ({ ann }) => void ann.events.splice(7, 0, received(ann, 4)),
  ],
  [
    "a member that got a message again after a reload",
    "redelivered",
    ({ ann }) => void ann.events.splice(12, 0, received(ann, 7)),
  ],
  [
    "a member that got two messages in the wrong order",
    "redelivered",
    ({ ann }) => void ann.events.splice(2, 0, received(ann, 3)),
  ],
  ["a member that missed the last message", "incomplete", ({ bob }) => omit(bob, 10)],
  ["a member that never joined", "incomplete", ({ bob }) => void bob.events.splice(0)],
  ["a gap in the log", "log-gap", ({ log }) => void log.messages.splice(5, 1)],
  [
    "a message that differs from what was sent",
    "altered",
    ({ ann }) => Object.assign(ann.sent[0] ?? {}, { data: { json: 1 } }),
  ],
  ["a message that no client sent", "unknown-message", ({ pat }) => void pat.sent.pop()],
  [
    "a plain client that missed a message",
    "not-contiguous",
    ({ pat }) => void pat.connections[0]?.data.splice(1, 1),
  ],
  [
    "a plain client that got a message twice",
    "not-contiguous",
    ({ pat }) => void pat.connections[0]?.data.unshift({ json: '{"ann":1}' }),
  ],
  [
    "a plain client that got messages in the wrong order",
    "not-contiguous",
    ({ pat }) => void pat.connections[0]?.data.reverse(),
  ],
  [
    "a plain client that missed the last message",
    "incomplete",
    ({ pat }) => void pat.connections[2]?.data.pop(),
  ],
];

test.each(ORD)("[ORD-1] finds %s (%s)", (_, kind, damage) => {
  expect(violationsAfter(damage)).toContain(kind);
});

const CONNECTION: [string, ViolationKind, Damage][] = [
  ["a gap on one connection", "connection-gap", ({ ann }) => void ann.connections[0]?.frames.splice(1, 1)],
  [
    "a repeat on one connection",
    "connection-gap",
    ({ ann }) => void ann.connections[0]?.frames.splice(1, 0, [1, 1]),
  ],
  ["a replay that starts too late", "connection-gap", ({ ann }) => void ann.connections[1]?.frames.shift()],
  [
    "a replay that starts too early",
    "connection-gap",
    ({ ann }) => void ann.connections[1]?.frames.unshift([4, 4]),
  ],
  [
    "a gap between the replay and live messages",
    "connection-gap",
    ({ ann }) => void ann.connections[2]?.frames.splice(1, 1),
  ],
  ["history that starts too late", "connection-gap", ({ bob }) => void bob.connections[0]?.frames.shift()],
  [
    "messages on a connection without a welcome",
    "connection-gap",
    ({ bob }) => Object.assign(bob.connections[1] ?? {}, { welcome: undefined }),
  ],
];

test.each(CONNECTION)("[ORD-3] finds %s (%s)", (_, kind, damage) => {
  expect(violationsAfter(damage)).toContain(kind);
});

const DUR: [string, ViolationKind, Damage][] = [
  ["a member's message that is not in the log", "not-in-log", ({ log }) => void log.messages.pop()],
  ["a member's message of another epoch", "not-in-log", ({ log }) => Object.assign(log, { epoch: "e2" })],
  [
    "a plain client's message that is not in the log",
    "not-in-log",
    ({ pat }) => void pat.connections[0]?.data.push({ json: "?" }),
  ],
  [
    "a plain client's message with other data",
    "not-in-log",
    ({ pat }) => void pat.connections[2]?.data.splice(0, 1, { json: "?" }),
  ],
  ["an acknowledged message that is not in the log", "lost", (valid) => removeAndRenumber(valid, 3)],
  ["an acknowledged message at another seq", "moved", (valid) => removeAndRenumber(valid, 2)],
  [
    "a publish without an outcome",
    "unsettled",
    ({ ann }) => Object.assign(ann.sent[0] ?? {}, { outcome: { kind: "open" } }),
  ],
];

test.each(DUR)("[DUR-1] finds %s (%s)", (_, kind, damage) => {
  expect(violationsAfter(damage)).toContain(kind);
});

const ONCE: [string, ViolationKind, Damage][] = [
  [
    "an id that is in the log twice",
    "duplicate",
    ({ log }) => Object.assign(log.messages[6] ?? {}, { id: "m5" }),
  ],
  [
    "a publish that is in the log twice",
    "duplicate",
    ({ log }) => Object.assign(log.messages[7] ?? {}, { data: { json: "pat 2" } }),
  ],
  [
    "an id that a member received at another seq",
    "duplicate",
    ({ ann, log }) => {
      trim(log);
      Object.assign(received(ann, 3), { id: "m7" });
    },
  ],
];

test.each(ONCE)("[ONCE-1] finds %s (%s)", (_, kind, damage) => {
  expect(violationsAfter(damage)).toContain(kind);
});

const RES: [string, ViolationKind, Damage][] = [
  ["a refused cursor without a gap event", "unreported-gap", ({ bob }) => omitGaps(bob)],
  ["an unknown reason", "wrong-reason", ({ bob }) => Object.assign(gapOf(bob), { reason: "busy" })],
  [
    "too_many without too many missed messages",
    "wrong-reason",
    ({ records }) => Object.assign(records, { replay: 6 }),
  ],
  ["epoch in the same epoch", "wrong-reason", ({ bob }) => Object.assign(gapOf(bob), { reason: "epoch" })],
  [
    "ahead with a cursor that is not ahead",
    "wrong-reason",
    ({ bob }) => Object.assign(gapOf(bob), { reason: "ahead" }),
  ],
  [
    "trimmed without trimmed messages",
    "wrong-reason",
    ({ bob }) => Object.assign(gapOf(bob), { reason: "trimmed" }),
  ],
  ["a gap event for a new member", "wrong-reason", ({ bob }) => void bob.events.unshift(gapOf(bob))],
  ["too little history after a gap", "gap", ({ bob }) => omit(bob, 8)],
  [
    "a resume in another epoch",
    "false-resume",
    ({ ann }) => Object.assign(ann.events[6] ?? {}, { epoch: "e0" }),
  ],
  ["a resume in a shorter log", "false-resume", ({ ann }) => Object.assign(ann.events[6] ?? {}, { seq: 3 })],
];

test.each(RES)("[RES-1] finds %s (%s)", (_, kind, damage) => {
  expect(violationsAfter(damage)).toContain(kind);
});

test("has a test for each kind of violation", () => {
  const tested = [...ORD, ...CONNECTION, ...DUR, ...ONCE, ...RES].map(([, kind]) => kind);
  expect(new Set([...tested, "refused"])).toEqual(
    // Those of hooks and operations have files of their own.
    new Set(Object.entries(VIOLATIONS).flatMap(([kind, text]) => (/^(HOOK|OPS)/.test(text) ? [] : [kind]))),
  );
});

test("[LIM-2] finds a refused publish that is in the log", () => {
  const storeIt = ({ log }: ValidRecords) =>
    void log.messages.push({ seq: 11, id: "m11", data: { json: "too long" } });
  expect(violationsAfter(storeIt)).toContain("refused");
});

test("[ONCE-1] allows one copy of a publish that was in flight as its publisher left", () => {
  const store = ({ ann, bob, pat, log }: ValidRecords) => {
    const message = { seq: 11, id: "m11", data: { json: "in flight as she left" } };
    log.messages.push(message);
    for (const { events } of [ann, bob]) events.push({ kind: "message", epoch: "e1", ...message });
    pat.connections[2]?.data.push(message.data);
  };
  expect(violationsAfter(store)).toEqual([]);
  const storeTwice = (valid: ValidRecords) => {
    store(valid);
    valid.log.messages.push({ seq: 12, id: "m12", data: { json: "in flight as she left" } });
  };
  expect(violationsAfter(storeTwice)).toContain("duplicate");
});

test("[RES-1] allows a trimmed message to be absent from the log", () => {
  expect(violationsAfter(({ log }) => trim(log))).toEqual([]);
});
