import { expect, test } from "vitest";
import { check } from "./check.ts";
import { type ValidRecords, validRecords } from "./valid-records.ts";
import { VIOLATIONS, type ViolationKind } from "./violation.ts";

const HOOK: [string, ViolationKind, (valid: ValidRecords) => void][] = [
  [
    "a message that onPublish did not count",
    "hook-count",
    ({ hooks }) => Object.assign(hooks.published[0] ?? {}, { count: 4 }),
  ],
  [
    "a count of a message that was refused",
    "hook-count",
    ({ hooks }) => void hooks.published.push({ member: "bob", count: 1 }),
  ],
  ["a message that onMessage missed", "hook-missed", ({ hooks }) => void hooks.handled.pop()],
  ["a message that onMessage got too early", "hook-disordered", ({ hooks }) => void hooks.disordered.push(7)],
  ["an answer that is not stored", "hook-answers", ({ hooks }) => void hooks.answers.push("answer-5")],
  [
    "an answer that is stored twice",
    "hook-answers",
    ({ hooks, log }) => {
      for (const seq of [11, 12])
        log.messages.push({ seq, id: "answer-5", data: { json: { answerTo: seq } } });
      hooks.answers.push("answer-5");
    },
  ],
];

test.each(HOOK)("[HOOK-20] [HOOK-23] finds %s (%s)", (_, kind, damage) => {
  const valid = validRecords();
  damage(valid);
  expect(check(valid.records).map((violation) => violation.kind)).toContain(kind);
});

test("has a test for each kind of violation of hooks", () => {
  const kinds = Object.keys(VIOLATIONS).filter((kind) => kind.startsWith("hook-"));
  expect(new Set(HOOK.map(([, kind]) => kind))).toEqual(new Set(kinds));
});
