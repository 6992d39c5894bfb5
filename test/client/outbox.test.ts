import { expect, test } from "vitest";
import { RoomError } from "../../src/client/error.ts";
import { Outbox } from "../../src/client/outbox.ts";

test("what is unsettled is sent again in its order, and not once it has landed", async () => {
  const outbox = new Outbox(10, () => {});
  const a = outbox.add("a", 1);
  const b = outbox.add("b", { two: 2 });
  expect(outbox.again(0, true)).toEqual([
    '{"type":"publish","id":"a","data":1}',
    '{"type":"publish","id":"b","data":{"two":2}}',
  ]);
  outbox.landed("a", 7);
  expect(await a.published).toEqual({ id: "a", seq: 7 });
  expect(outbox.again(0, true)).toEqual(['{"type":"publish","id":"b","data":{"two":2}}']);
  outbox.refuse("b", new RoomError("too_big", "Too big."));
  await expect(b.published).rejects.toMatchObject({ code: "too_big" });
  expect(outbox.size).toBe(0);
});

test("what gets no answer for fifteen seconds is sent again, and what was put off when its time has come", () => {
  const outbox = new Outbox(2, () => {});
  const now = Date.now();
  for (const id of ["a", "b"]) outbox.add(id, id).published.catch(() => {});
  expect(outbox.again(now + 14_000)).toEqual([]);
  expect(outbox.again(now + 16_000)).toHaveLength(2);
  expect(outbox.again(now + 30_000)).toEqual([]);
  expect(outbox.refuse("a", new RoomError("rate_limited", "Too fast."), 20_000)).toBe(true);
  expect(outbox.refuse("c", new RoomError("rate_limited", "Too fast."), 20_000)).toBe(false);
  expect(outbox.again(now + 19_999)).toEqual([]);
  expect(outbox.again(now + 21_000)).toEqual(['{"type":"publish","id":"a","data":"a"}']);
});

test("the queue is bounded, and says so", () => {
  const outbox = new Outbox(2, () => {});
  for (const id of ["a", "b"]) outbox.add(id, id).published.catch(() => {});
  expect(() => outbox.add("c", "c")).toThrow(expect.objectContaining({ code: "queue_full" }));
  outbox.landed("a", 1);
  expect(() => outbox.add("c", "c")).not.toThrow();
});

test("bytes go out as a binary frame, also a view on a part of a buffer", () => {
  const outbox = new Outbox(2, () => {});
  const { frame } = outbox.add("b", new Uint8Array([9, 1, 2, 9]).subarray(1, 3));
  expect(frame).toBeInstanceOf(ArrayBuffer);
  const bytes = new Uint8Array(frame as ArrayBuffer);
  expect([...bytes.slice(-2)]).toEqual([1, 2]);
  expect(new DataView(bytes.buffer).getUint32(0)).toBe(bytes.length - 4 - 2);
});

test("at the end, all that is left is refused", async () => {
  const outbox = new Outbox(2, () => {});
  const left = outbox.add("a", 1).published;
  outbox.end(new RoomError("left", "Left."));
  await expect(left).rejects.toMatchObject({ code: "left" });
});
