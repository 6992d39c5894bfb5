import { expect, test } from "vitest";
import type { LogMessage, LogOperation, MemberRecord } from "../records.ts";
import { check } from "./check.ts";
import { type ValidOperations, validOperations } from "./valid-operations.ts";
import { VIOLATIONS, type ViolationKind } from "./violation.ts";

type Damage = (valid: ValidOperations) => void;

function violationsAfter(damage: Damage): ViolationKind[] {
  const valid = validOperations();
  damage(valid);
  return [...new Set(check(valid.records).map(({ kind }) => kind))];
}

/** The operation that a member received, for a test to change. */
function received({ events }: MemberRecord, seq: number): LogOperation {
  const event = events.find((each) => each.kind === "operation" && each.seq === seq);
  if (event?.kind !== "operation") throw new Error(`The member has no operation ${seq}.`);
  return event;
}

function omit(member: MemberRecord, ...seqs: number[]): void {
  member.events = member.events.filter((event) => event.kind !== "operation" || !seqs.includes(event.seq));
}

function at(messages: readonly LogMessage[], seq: number): LogMessage {
  const message = messages.find((each) => each.seq === seq);
  if (message === undefined) throw new Error(`There is no message ${seq}.`);
  return message;
}

function stored({ log }: ValidOperations, seq: number): LogOperation {
  return log.operations.find((each) => each.seq === seq) as LogOperation;
}

/** Everywhere the text of message 1. */
function setText({ log, ann, bob }: ValidOperations, text: string): void {
  for (const messages of [log.history, ann.timeline, bob.timeline]) at(messages, 1).data = { json: { text } };
}

test("finds no violation in valid records with operations", () => {
  expect(check(validOperations().records)).toEqual([]);
});

test.each([
  ["append", { op: "append", offset: 0, data: { json: "" } }],
  ["delete", { op: "delete" }],
] as const)("lets an edit be an empty %s only where its message is gone", (_, emptied) => {
  for (const floor of [0, 8]) {
    const kinds = violationsAfter((valid) => {
      valid.log.floor = floor;
      Object.assign(stored(valid, 9), { data: undefined, ...emptied });
    });
    expect(kinds.includes("altered"), `floor ${floor}`).toBe(floor === 0);
  }
});

const FOLDS: [string, ViolationKind, Damage][] = [
  ["a history without an edit", "history", ({ log }) => delete at(log.history, 8).edited],
  ["a history without an append", "history", (valid) => setText(valid, "<ann.1><ann.op3>ab")],
  ["a history without a deletion", "history", ({ log }) => delete at(log.history, 2).deleted],
  [
    "a wrong count of a reaction in the history",
    "history",
    ({ log }) => Object.assign(at(log.history, 1), { reactions: { x: { count: 2, members: ["bob"] } } }),
  ],
  [
    "a history with an older version",
    "history",
    ({ log }) => Object.assign(at(log.history, 1), { version: 4 }),
  ],
  ["a history without a message", "history", ({ log }) => void log.history.pop()],
  [
    "a history with a message too many",
    "history",
    ({ log }) => void log.history.push({ seq: 9, id: "m9", data: { json: 1 } }),
  ],
  ["an edit that a member missed", "fold", ({ ann }) => omit(ann, 9)],
  ["a deletion that a member missed", "fold", ({ bob }) => omit(bob, 6, 7)],
  ["a reaction that a member missed", "fold", ({ ann }) => omit(ann, 5)],
  ["an append that a member missed", "append-gap", ({ ann }) => omit(ann, 3)],
  [
    "a member that received other text",
    "fold",
    ({ ann }) => Object.assign(received(ann, 4), { data: { json: "cd" } }),
  ],
  ["a reaction by the wrong member", "fold", ({ ann }) => Object.assign(received(ann, 5), { from: "ann" })],
  ["an edit with another time", "fold", ({ ann }) => Object.assign(received(ann, 9), { at: 1 })],
  [
    "an append that a member received twice",
    "append-overlap",
    ({ ann }) => Object.assign(received(ann, 4), { offset: 7 }),
  ],
  [
    "an append that begins after the end of the text",
    "append-gap",
    ({ ann }) => Object.assign(received(ann, 4), { offset: 19 }),
  ],
  ["an append without an offset", "append-gap", ({ ann }) => delete received(ann, 4).offset],
  [
    "a message that is older than what the member has",
    "stale",
    ({ ann }) => void ann.events.push({ kind: "message", epoch: "e1", seq: 1, id: "m1", version: 4 }),
  ],
  [
    "a page with a wrong count",
    "fold",
    ({ ann }) => {
      const page = ann.events.find((event) => event.kind === "page");
      if (page?.kind === "page") at(page.messages, 1).reactions = { x: { count: 3, members: ["bob"] } };
    },
  ],
  [
    "a timeline with other text",
    "timeline",
    ({ ann }) => Object.assign(at(ann.timeline, 8), { data: { json: "" } }),
  ],
  ["a timeline with a deleted message", "timeline", ({ ann }) => delete at(ann.timeline, 2).deleted],
];

test.each(FOLDS)("[OPS-2] [OPS-5] [OPS-6] [OPS-7] finds %s (%s)", (what, kind, damage) => {
  // The whole page hides what was missed before it.
  const withoutPage: Damage = (valid) => {
    if (!what.startsWith("a page")) valid.ann.events.pop();
    damage(valid);
  };
  expect(violationsAfter(withoutPage)).toContain(kind);
});

const TEXTS: [string, ViolationKind, Damage][] = [
  ["a doubled append", "append-text", (valid) => setText(valid, "<ann.1><ann.op3>ab<ann.op3>ab<ann.op4>cd")],
  ["a doubled character", "append-text", (valid) => setText(valid, "<ann.1><ann.op3>abb<ann.op4>cd")],
  ["a missing character", "append-text", (valid) => setText(valid, "<ann.1><ann.op3>a<ann.op4>cd")],
  ["appends in the wrong order", "append-text", (valid) => setText(valid, "<ann.1><ann.op4>cd<ann.op3>ab")],
  ["a text that lost its beginning", "append-text", (valid) => setText(valid, "<ann.op3>ab<ann.op4>cd")],
  ["text that nobody appended", "append-text", (valid) => setText(valid, "<ann.1><ann.op3>ab<ann.op4>cd?")],
  ["an append that is missing in the middle", "lost", (valid) => setText(valid, "<ann.1><ann.op4>cd")],
  ["an append that is missing at the end", "lost", (valid) => setText(valid, "<ann.1><ann.op3>ab")],
  [
    "a plain client that got an append twice",
    "append-text",
    ({ pat }) => void pat.connections[0]?.data.push({ json: "<ann.op4>cd" }),
  ],
];

test.each(TEXTS)("[OPS-4] finds %s (%s)", (_, kind, damage) => {
  expect(violationsAfter(damage)).toContain(kind);
});

const DELETED: [string, string][] = [
  ["of the message", "<ann.2>"],
  ["of an append", "<ann.op6>"],
  ["of an edit that was refused, and stored all the same", "<bob.op10>"],
];

test.each(DELETED)("[OPS-3] finds content of a deleted message in a table: %s", (_, label) => {
  expect(violationsAfter(({ stored }) => void stored.push({ label, table: "dormouse_forms" }))).toContain(
    "deleted-content",
  );
});

const SENT: [string, ViolationKind, Damage][] = [
  [
    "an operation without an outcome",
    "unsettled",
    ({ ann }) => void ann.operations[0]?.outcomes.push({ kind: "open" }),
  ],
  ["an acknowledged edit that is not in the log", "lost", ({ log }) => void log.operations.pop()],
  ["an acknowledged edit at another seq", "moved", (valid) => Object.assign(stored(valid, 9), { seq: 10 })],
  ["an edit with other data", "altered", (valid) => Object.assign(stored(valid, 9), { data: { json: "?" } })],
  ["an operation with another target", "altered", (valid) => Object.assign(stored(valid, 9), { target: 1 })],
  ["a reaction with another key", "altered", (valid) => Object.assign(stored(valid, 5), { key: "y" })],
  ["an operation by another member", "altered", (valid) => Object.assign(stored(valid, 9), { from: "ann" })],
  [
    "a refused operation that is in the log",
    "refused",
    ({ bob }) =>
      void (bob.operations[1] ?? { outcomes: [] }).outcomes.splice(0, 1, {
        kind: "refused",
        code: "forbidden",
      }),
  ],
  [
    "an operation that is in the log twice",
    "duplicate",
    ({ log }) => void log.operations.push({ ...(log.operations.at(-1) as LogOperation), seq: 10 }),
  ],
  [
    "an operation that nobody sent",
    "unknown-message",
    ({ log }) => void log.operations.push({ seq: 10, id: "x", op: "delete", target: 8, from: "bob" }),
  ],
  [
    "a change by someone who may not",
    "not-allowed",
    ({ log }) => Object.assign(at(log.messages, 8), { from: "ann" }),
  ],
  ["a seq that the log lacks", "log-gap", ({ log }) => void log.joined.pop()],
  ["a member that missed an operation", "gap", ({ bob }) => omit(bob, 7)],
];

test.each(SENT)("[OPS-1] finds %s (%s)", (_, kind, damage) => {
  expect(violationsAfter(damage)).toContain(kind);
});

test("[OPS-2] allows a moderator to change the message of another", () => {
  const byModerator: Damage = (valid) => {
    for (const messages of [valid.log.messages, valid.log.history, valid.ann.timeline, valid.bob.timeline])
      at(messages, 8).from = "ann";
    for (const { events } of [valid.ann, valid.bob])
      for (const event of events) {
        if (event.kind === "message" && event.seq === 8) event.from = "ann";
        if (event.kind === "page") at(event.messages, 8).from = "ann";
      }
    valid.bob.moderator = true;
  };
  expect(violationsAfter(byModerator)).toEqual([]);
});

test("has a test for each kind of violation of operations", () => {
  const kinds = Object.entries(VIOLATIONS).flatMap(([kind, text]) => (text.startsWith("OPS") ? [kind] : []));
  const tested = [...FOLDS, ...TEXTS, ...SENT].map(([, kind]) => kind);
  for (const kind of kinds) expect([...tested, "deleted-content"]).toContain(kind);
});
