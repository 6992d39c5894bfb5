import { expect, test } from "vitest";
import { type Backlog, batchOf, bodyOf } from "../../src/webhooks/batch.ts";

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

const ALL = Number.MAX_SAFE_INTEGER;
const MOST = { events: 10, bytes: 10_000 };

function waiting(of: Partial<Backlog>): Backlog {
  return { epoch: "e", messages: [], messagesEnd: ALL, rows: [], rowsEnd: ALL, isAll: true, ...of };
}

const idsOf = (events: readonly string[]) => events.map((text) => JSON.parse(text).id);

test("[HOOK-1] messages, and what happened between them, are told in their order", () => {
  const batch = batchOf(
    waiting({ messages: [message(5), message(6)], rows: [row(1, 4), row(2, 5), row(3, 6)] }),
    MOST,
  );
  expect(idsOf(batch.events)).toEqual(["r1", "e.5", "r2", "e.6", "r3"]);
  expect(batch).toMatchObject({ parts: 5, messages: 2, row: 3, seq: 6, isAll: true });
  const body = JSON.parse(bodyOf({ room: "r", epoch: "e", dropped: 0 }, batch.events));
  expect(body).toMatchObject({ room: "r", dropped: 0, events: [{}, { message: { seq: 5 } }, {}, {}, {}] });
});

test("[HOOK-1] nothing is told ahead of what is not known yet", () => {
  const cutMessages = waiting({ messages: [message(1)], messagesEnd: 1, rows: [row(1, 0), row(2, 2)] });
  expect(idsOf(batchOf(cutMessages, MOST).events)).toEqual(["r1", "e.1"]);
  const cutRows = waiting({ messages: [message(1), message(3)], rows: [row(1, 2)], rowsEnd: 2 });
  expect(batchOf(cutRows, MOST)).toMatchObject({ row: 1, seq: 1, isAll: false });
});

test("[HOOK-4] a batch ends before it has too many events, or too many bytes", () => {
  const messages = Array.from({ length: 20 }, (_, i) => message(i + 1));
  expect(batchOf(waiting({ messages }), MOST)).toMatchObject({ parts: 10, seq: 10, isAll: false });
  const rows = [row(1, 0, 6), row(2, 0, 6)];
  expect(batchOf(waiting({ rows }), MOST)).toMatchObject({ parts: 1, row: 1, isAll: false });
  const wide = Array.from({ length: 5 }, (_, i) => message(i + 1, "大".repeat(1000)));
  const batch = batchOf(waiting({ messages: wide }), MOST);
  expect(batch).toMatchObject({ parts: 3, isAll: false });
  expect(new TextEncoder().encode(batch.events.join(",")).length + 1).toBe(batch.bytes);
});

test("[HOOK-4] a single part passes, whatever its size", () => {
  const big = waiting({ messages: [message(1, "x".repeat(20_000)), message(2)] });
  expect(batchOf(big, MOST)).toMatchObject({ parts: 1, seq: 1, isAll: false });
  expect(batchOf(waiting({ rows: [row(1, 0, 30)] }), MOST)).toMatchObject({ parts: 1, row: 1, isAll: true });
});
