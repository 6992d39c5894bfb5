import { expect, test } from "vitest";
import { TokenBucket } from "../../../src/room/limits/token-bucket.ts";

const bucket = (rate: number, burst: number, tokens = burst) =>
  new TokenBucket(rate, burst, { tokens, at: 0 }, 0);

test("[LIM-8] a burst passes at once, the next waits for its token, and the rate is kept from then on", () => {
  const full = bucket(10, 3);
  expect([full.take(1, 0), full.take(1, 0), full.take(1, 0)]).toEqual([0, 0, 0]);
  expect(full.take(1, 0)).toBe(100);
  expect(full.take(1, 99)).toBeGreaterThan(0);
  expect(full.take(1, 100)).toBe(0);
});

test("[LIM-8] those who are turned away are told times that follow one another, up to a minute", () => {
  const empty = bucket(10, 3, 0);
  expect([0, 0, 0].map((now) => empty.take(1, now))).toEqual([100, 200, 300]);
  const flooded = bucket(10, 3, 0);
  for (let i = 0; i < 5000; i++) flooded.take(1, 0);
  expect(flooded.take(1, 0)).toBe(60_000 + 100 - 100);
});

test("[LIM-8] a bucket never holds more than its burst, nor less than it did when the clock goes back", () => {
  const one = bucket(10, 3, 0);
  expect(one.level(1_000_000).tokens).toBe(3);
  expect(one.isFull(1_000_000)).toBe(true);
  expect(one.level(0).tokens).toBe(3);
});

test("[LIM-8] what costs more than a whole burst costs all of it", () => {
  const one = bucket(10, 3);
  expect(one.take(50, 0)).toBe(0);
  expect(one.take(1, 0)).toBeGreaterThan(0);
});

test("[LIM-8] a rate of 0 is no limit", () => {
  const none = bucket(0, 1, 0);
  for (let i = 0; i < 10; i++) expect(none.take(100, 0)).toBe(0);
});
