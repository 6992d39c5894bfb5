import { describe, expect, test } from "vitest";
import { WEBHOOK_EVENTS } from "../../src/settings/webhook.ts";
import type { Backlog } from "../../src/webhooks/backlog.ts";
import { createBatch, encodeBody } from "../../src/webhooks/batch.ts";

const message = (seq: number, data: unknown = seq) => ({
  seq,
  at: seq,
  id: `${seq}`,
  from: "ada",
  name: "Ada",
  data,
});
const row = (id: number, seq: number, count = 1) => ({
  id,
  seq,
  events: Array.from({ length: count }, () => ({ id: `r${id}`, at: 1, type: "room.occupied" as const })),
});

const EVERYTHING = Number.MAX_SAFE_INTEGER;
const ALL = new Set(WEBHOOK_EVENTS);
const LIMITS = { events: 10, bytes: 10_000 };

function backlog(parts: Partial<Backlog>): Backlog {
  const all = {
    within: new Set<number>(),
    messagesThrough: EVERYTHING,
    rowsThrough: EVERYTHING,
    isComplete: true,
  };
  return { epoch: "e", messages: [], rows: [], ...all, ...parts };
}

const idsOf = (events: readonly string[]) => events.map((text) => JSON.parse(text).id);

describe("createBatch", () => {
  test("[HOOK-1] puts messages, joins and leaves in order", () => {
    const batch = createBatch(
      backlog({ messages: [message(5), message(6)], rows: [row(1, 4), row(2, 5), row(3, 6)] }),
      LIMITS,
      ALL,
    );
    expect(idsOf(batch.events)).toEqual(["r1", "e.5", "r2", "e.6", "r3"]);
    expect(batch).toMatchObject({ items: 5, messages: 2, row: 3, seq: 6, isComplete: true });
    const body = JSON.parse(encodeBody({ room: "r", epoch: "e", dropped: 0 }, batch.events));
    expect(body).toMatchObject({ room: "r", dropped: 0, events: [{}, { message: { seq: 5 } }, {}, {}, {}] });
  });

  test("[HOOK-1] [OPS-10] does not stop within a row of joined appends", () => {
    const messages = [message(1), message(3), message(4), message(5)];
    const joined = backlog({ messages, within: new Set([3]) });
    expect(createBatch(joined, { ...LIMITS, events: 2 }, ALL)).toMatchObject({ seq: 1, isComplete: false });
    expect(createBatch(joined, { ...LIMITS, events: 3 }, ALL)).toMatchObject({ seq: 4, messages: 3 });
    expect(createBatch(joined, LIMITS, ALL)).toMatchObject({ seq: 5, items: 3, isComplete: true });
    expect(createBatch({ ...joined, rowsThrough: 3 }, LIMITS, ALL)).toMatchObject({ seq: 1, messages: 1 });
  });

  test("[HOOK-1] leaves out events after which an older one may be missing", () => {
    const cutMessages = backlog({ messages: [message(1)], messagesThrough: 1, rows: [row(1, 0), row(2, 2)] });
    expect(idsOf(createBatch(cutMessages, LIMITS, ALL).events)).toEqual(["r1", "e.1"]);
    const cutRows = backlog({ messages: [message(1), message(3)], rows: [row(1, 2)], rowsThrough: 2 });
    expect(createBatch(cutRows, LIMITS, ALL)).toMatchObject({ row: 1, seq: 1, isComplete: false });
  });

  test("[HOOK-4] ends a batch before it exceeds the limit of events or bytes", () => {
    const messages = Array.from({ length: 20 }, (_, i) => message(i + 1));
    expect(createBatch(backlog({ messages }), LIMITS, ALL)).toMatchObject({
      items: 10,
      seq: 10,
      isComplete: false,
    });
    const rows = [row(1, 0, 6), row(2, 0, 6)];
    expect(createBatch(backlog({ rows }), LIMITS, ALL)).toMatchObject({
      items: 1,
      row: 1,
      isComplete: false,
    });
    const wide = Array.from({ length: 5 }, (_, i) => message(i + 1, "大".repeat(1000)));
    const batch = createBatch(backlog({ messages: wide }), LIMITS, ALL);
    expect(batch).toMatchObject({ items: 3, isComplete: false });
    expect(new TextEncoder().encode(batch.events.join(",")).length + 1).toBe(batch.bytes);
  });

  test("[HOOK-4] takes a single item, whatever its size", () => {
    const big = backlog({ messages: [message(1, "x".repeat(20_000)), message(2)] });
    expect(createBatch(big, LIMITS, ALL)).toMatchObject({ items: 1, seq: 1, isComplete: false });
    const rows = [row(1, 0, 30)];
    expect(createBatch(backlog({ rows }), LIMITS, ALL)).toMatchObject({ items: 1, row: 1, isComplete: true });
  });
});
