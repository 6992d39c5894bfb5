import { expect, test } from "vitest";
import type { Entry } from "../records.ts";
import { check } from "./check.ts";
import { type Good, goodRecords, REPLAY } from "./valid-records.ts";
import { BREACHES, type BreachKind } from "./violation.ts";

type Break = (good: Good) => void;

/** Breaks good records in one place, and says what the checker makes of them. */
function kindsAfter(breakIt: Break): BreachKind[] {
  const good = goodRecords();
  breakIt(good);
  return [...new Set(check(good.records).map(({ kind }) => kind))];
}

type MessageEntry = Extract<Entry, { kind: "message" }>;

function isMessage(entry: Entry, seq: number): entry is MessageEntry {
  return entry.kind === "message" && entry.seq === seq;
}

/** What a member was given at this seq, to be altered. */
function given({ entries }: Good["ann"], seq: number): MessageEntry {
  const entry = entries.find((each) => isMessage(each, seq));
  if (entry?.kind !== "message") throw new Error(`There is no ${seq}.`);
  return entry;
}

function notGiven(member: Good["ann"], seq: number): void {
  member.entries = member.entries.filter((entry) => !isMessage(entry, seq));
}

function noGap(member: Good["ann"]): void {
  member.entries = member.entries.filter(({ kind }) => kind !== "gap");
}

function gapOf({ entries }: Good["ann"]): Extract<Entry, { kind: "gap" }> {
  const gap = entries.find(({ kind }) => kind === "gap");
  if (gap?.kind !== "gap") throw new Error("There is no gap.");
  return gap;
}

/** Takes a message from the log and closes the ranks behind it. */
function removeAndRenumber({ log }: Good, seq: number): void {
  log.messages = log.messages
    .filter((message) => message.seq !== seq)
    .map((message) => (message.seq > seq ? { ...message, seq: message.seq - 1 } : message));
}

function trim(log: Good["log"]): void {
  log.floor = 4;
  log.messages.splice(0, log.floor);
}

test("good records hold no breach", () => {
  expect(check(goodRecords().records)).toEqual([]);
});

test("an empty room holds no breach", () => {
  const log = { room: "empty", epoch: "e", floor: 0, messages: [] };
  expect(check({ replay: REPLAY, members: [], plain: [], logs: [log] })).toEqual([]);
});

test("a breach names its kind, its room, its client and what happened, in a sentence", () => {
  const good = goodRecords();
  notGiven(good.ann, 6);
  expect(check(good.records)).toEqual([
    {
      kind: "gap",
      room: "den",
      client: "ann",
      sentence: expect.stringMatching(/^ann was given e1\.7 .* after e1\.5/),
    },
  ]);
});

const ORD: [string, BreachKind, Break][] = [
  [
    "two members have another message at one seq",
    "order",
    ({ ann }) => Object.assign(given(ann, 3), { id: "m0" }),
  ],
  [
    "two members have other data at one seq",
    "order",
    ({ bob }) => Object.assign(given(bob, 8), { data: { json: 0 } }),
  ],
  ["a member was not given a message", "gap", ({ ann }) => notGiven(ann, 3)],
  ["a member was not given the first of a replay", "gap", ({ ann }) => notGiven(ann, 5)],
  ["a member was not given the first of its history", "gap", ({ bob }) => notGiven(bob, 2)],
  ["a member was not given the first after a reload", "gap", ({ ann }) => notGiven(ann, 8)],
  ["a member was given one before its welcome", "gap", ({ ann }) => void ann.entries.shift()],
  ["a member was given one twice", "repeat", ({ ann }) => void ann.entries.splice(3, 0, given(ann, 2))],
  [
    "a member was given one again in a replay",
    "repeat",
    ({ ann }) => void ann.entries.splice(7, 0, given(ann, 4)),
  ],
  [
    "a member was given one again after a reload",
    "repeat",
    ({ ann }) => void ann.entries.splice(12, 0, given(ann, 7)),
  ],
  [
    "a member was given two in the wrong order",
    "repeat",
    ({ ann }) => void ann.entries.splice(2, 0, given(ann, 3)),
  ],
  ["a member was not given the last", "behind", ({ bob }) => notGiven(bob, 10)],
  ["a member was never let in", "behind", ({ bob }) => void bob.entries.splice(0)],
  ["the log has a hole", "hole", ({ log }) => void log.messages.splice(5, 1)],
  [
    "a message is not what was sent",
    "altered",
    ({ ann }) => Object.assign(ann.sent[0] ?? {}, { data: { json: 1 } }),
  ],
  ["a message was sent by nobody", "invented", ({ pat }) => void pat.sent.pop()],
  ["a plain client was not given a message", "run", ({ pat }) => void pat.stretches[0]?.data.splice(1, 1)],
  [
    "a plain client was given one twice",
    "run",
    ({ pat }) => void pat.stretches[0]?.data.unshift({ json: '{"ann":1}' }),
  ],
  [
    "a plain client was given two in the wrong order",
    "run",
    ({ pat }) => void pat.stretches[0]?.data.reverse(),
  ],
  ["a plain client was not given the last", "behind", ({ pat }) => void pat.stretches[2]?.data.pop()],
];

test.each(ORD)("[ORD-1] the checker sees that %s: %s", (_, kind, breakIt) => {
  expect(kindsAfter(breakIt)).toContain(kind);
});

const SEAM: [string, BreachKind, Break][] = [
  ["a connection has a gap", "seam", ({ ann }) => void ann.connections[0]?.seqs.splice(1, 1)],
  ["a connection has a repeat", "seam", ({ ann }) => void ann.connections[0]?.seqs.splice(1, 0, 1)],
  ["a replay begins too late", "seam", ({ ann }) => void ann.connections[1]?.seqs.shift()],
  ["a replay begins too early", "seam", ({ ann }) => void ann.connections[1]?.seqs.unshift(4)],
  [
    "live does not go on where the replay ends",
    "seam",
    ({ ann }) => void ann.connections[2]?.seqs.splice(1, 1),
  ],
  ["history begins too late", "seam", ({ bob }) => void bob.connections[0]?.seqs.shift()],
  [
    "there is a message before the welcome",
    "seam",
    ({ bob }) => Object.assign(bob.connections[1] ?? {}, { welcome: undefined }),
  ],
];

test.each(SEAM)("[ORD-3] the checker sees that %s: %s", (_, kind, breakIt) => {
  expect(kindsAfter(breakIt)).toContain(kind);
});

const DUR: [string, BreachKind, Break][] = [
  ["a member has seen what is not in the log", "vanished", ({ log }) => void log.messages.pop()],
  [
    "a member has seen it in a log that is another now",
    "vanished",
    ({ log }) => Object.assign(log, { epoch: "e2" }),
  ],
  [
    "a plain client has seen what is not in the log",
    "vanished",
    ({ pat }) => void pat.stretches[0]?.data.push({ json: "?" }),
  ],
  [
    "a plain client was given other data",
    "vanished",
    ({ pat }) => void pat.stretches[2]?.data.splice(0, 1, { json: "?" }),
  ],
  ["what was acknowledged is not in the log", "lost", (good) => removeAndRenumber(good, 3)],
  ["what was acknowledged is elsewhere", "moved", (good) => removeAndRenumber(good, 2)],
  [
    "a publish was not settled",
    "unsettled",
    ({ ann }) => Object.assign(ann.sent[0] ?? {}, { outcome: { kind: "open" } }),
  ],
];

test.each(DUR)("[DUR-1] the checker sees that %s: %s", (_, kind, breakIt) => {
  expect(kindsAfter(breakIt)).toContain(kind);
});

const ONCE: [string, BreachKind, Break][] = [
  ["an id is in the log twice", "twice", ({ log }) => Object.assign(log.messages[6] ?? {}, { id: "m5" })],
  [
    "what was sent once is in the log twice",
    "twice",
    ({ log }) => Object.assign(log.messages[7] ?? {}, { data: { json: "pat 2" } }),
  ],
  [
    "an id was seen before it came to where the log has it",
    "twice",
    ({ ann, log }) => {
      trim(log);
      Object.assign(given(ann, 3), { id: "m7" });
    },
  ],
];

test.each(ONCE)("[ONCE-1] the checker sees that %s: %s", (_, kind, breakIt) => {
  expect(kindsAfter(breakIt)).toContain(kind);
});

const RES: [string, BreachKind, Break][] = [
  ["a cursor was not honoured and nobody said why", "untold", ({ bob }) => noGap(bob)],
  ["a reason is none of the protocol", "pretext", ({ bob }) => Object.assign(gapOf(bob), { reason: "busy" })],
  [
    "too many were missed, and they were not",
    "pretext",
    ({ records }) => Object.assign(records, { replay: 6 }),
  ],
  [
    "the log is another one, and it is not",
    "pretext",
    ({ bob }) => Object.assign(gapOf(bob), { reason: "epoch" }),
  ],
  [
    "the cursor is ahead, and it is not",
    "pretext",
    ({ bob }) => Object.assign(gapOf(bob), { reason: "ahead" }),
  ],
  [
    "the messages are gone, and they are not",
    "pretext",
    ({ bob }) => Object.assign(gapOf(bob), { reason: "trimmed" }),
  ],
  ["a newcomer was told of a gap", "pretext", ({ bob }) => void bob.entries.unshift(gapOf(bob))],
  ["less history came after a gap than was asked for", "gap", ({ bob }) => notGiven(bob, 8)],
  [
    "a resume went on in another log",
    "false-resume",
    ({ ann }) => Object.assign(ann.entries[6] ?? {}, { epoch: "e0" }),
  ],
  [
    "a resume went on in a log that is shorter",
    "false-resume",
    ({ ann }) => Object.assign(ann.entries[6] ?? {}, { seq: 3 }),
  ],
];

test.each(RES)("[RES-1] the checker sees that it is wrong where %s: %s", (_, kind, breakIt) => {
  expect(kindsAfter(breakIt)).toContain(kind);
});

test("each kind of breach is shown to be seen", () => {
  const shown = [...ORD, ...SEAM, ...DUR, ...ONCE, ...RES].map(([, kind]) => kind);
  expect(new Set([...shown, "refused"])).toEqual(new Set(Object.keys(BREACHES)));
});

test("[LIM-2] the checker sees that what was refused as too big is in the log", () => {
  const storeIt = ({ log }: Good) =>
    void log.messages.push({ seq: 11, id: "m11", data: { json: "too long" } });
  expect(kindsAfter(storeIt)).toContain("refused");
});

test("[ONCE-1] what was on its way as its publisher left may be in the log, once", () => {
  const land = ({ ann, bob, pat, log }: Good) => {
    const message = { seq: 11, id: "m11", data: { json: "on its way as she left" } };
    log.messages.push(message);
    for (const { entries } of [ann, bob]) entries.push({ kind: "message", epoch: "e1", ...message });
    pat.stretches[2]?.data.push(message.data);
  };
  expect(kindsAfter(land)).toEqual([]);
  const landAgain = (good: Good) => {
    land(good);
    good.log.messages.push({ seq: 12, id: "m12", data: { json: "on its way as she left" } });
  };
  expect(kindsAfter(landAgain)).toContain("twice");
});

test("[RES-1] what was trimmed since need not be in the log", () => {
  expect(kindsAfter(({ log }) => trim(log))).toEqual([]);
});
