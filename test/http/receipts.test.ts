import { expect, test } from "vitest";
import { Receipts } from "../../src/http/receipts.ts";

const SLACK = 256 * 1024;

/** Receipts of a room that wants to hear of every 1,000 bytes, after frames of these sizes. */
function after(...sizes: number[]): Receipts {
  const receipts = new Receipts();
  receipts.ackBytes = 1000;
  sizes.forEach((size, i) => void receipts.add(i + 1, size, size * 2));
  return receipts;
}

test("[API-7] what has been read is acknowledged once it is enough, and once only", () => {
  const receipts = after(400, 400);
  expect(receipts.due(0)).toBeUndefined();
  receipts.add(3, 400, 800);
  expect(receipts.due(0)).toBe(3);
  expect(receipts.due(0)).toBeUndefined();
});

test("[API-7] of what a slow reader is sent, that which it has read is acknowledged bit by bit", () => {
  const receipts = after(1_000_000, 1_000_000, 1_000_000);
  expect(receipts.due(6_000_000)).toBeUndefined();
  expect(receipts.due(4_000_000 + SLACK + 1)).toBeUndefined();
  expect(receipts.due(4_000_000 + SLACK)).toBe(1);
  expect(receipts.due(3_000_000)).toBeUndefined();
  expect(receipts.due(2_000_000)).toBe(2);
  expect(receipts.due(0)).toBe(3);
});

test("[API-7] frames that make no events count, too", () => {
  const receipts = after();
  receipts.add(5, 2000, 0);
  expect(receipts.due(0)).toBe(5);
});
