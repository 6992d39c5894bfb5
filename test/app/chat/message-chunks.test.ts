import { describe, expect, test } from "vitest";
import { continuesGroup, startsDay, toChunks } from "../../../src/app/chat/message-chunks.ts";
import { message, messages } from "./fixtures.ts";

const midnight = new Date(2026, 10, 23).getTime();

describe("toChunks", () => {
  const all = messages(75, 130);
  const chunks = toChunks(all, []);

  test("[PAGE-2] splits messages by seq and keeps all of them in order", () => {
    expect(chunks.map(({ key }) => key)).toEqual([1, 2, 3]);
    expect(chunks.flatMap((chunk) => chunk.messages)).toEqual(all);
  });

  test("[PAGE-2] reuses all chunks but the last when a message is appended", () => {
    const longer = toChunks([...all, message(131)], chunks);
    expect(longer.map((chunk, i) => chunk === chunks[i])).toEqual([true, true, false]);
  });

  test("[PAGE-14] renews a chunk when a message in its middle is edited", () => {
    const edited = all.map((one) => (one.seq === 100 ? { ...one, isEdited: true } : one));
    const renewed = toChunks(edited, chunks);
    expect(renewed.map((chunk, i) => chunk === chunks[i])).toEqual([true, false, true]);
    expect(renewed.flatMap((chunk) => chunk.messages)).toEqual(edited);
  });

  test("[PAGE-2] reuses all chunks but the first when older messages are prepended", () => {
    const longer = toChunks([...messages(60, 74), ...all], chunks);
    expect(longer.map((chunk) => chunks.includes(chunk))).toEqual([false, true, true]);
    expect(longer[1]?.previous).toBe(all[4]);
  });
});

describe("continuesGroup", () => {
  const first = message(1);

  test("[PAGE-2] is true for the next message of the same author", () => {
    expect(continuesGroup(message(2), first)).toBe(true);
  });

  test.each([
    ["another author", message(2, "b"), first],
    ["another name", { ...message(2), name: "new" }, first],
    ["five minutes", message(2, "a", first.at + 5 * 60_000), first],
    ["midnight", message(2, "a", midnight), message(1, "a", midnight - 1)],
    ["no message before it", message(1), undefined],
  ])("[PAGE-2] is false after %s", (_, next, previous) => {
    expect(continuesGroup(next, previous)).toBe(false);
  });
});

describe("startsDay", () => {
  test("[PAGE-2] is true for the first message of all and after midnight", () => {
    expect(startsDay(message(1), undefined)).toBe(true);
    expect(startsDay(message(2, "a", midnight), message(1, "a", midnight - 1))).toBe(true);
    expect(startsDay(message(2), message(1))).toBe(false);
  });
});
