import { describe, expect, test } from "vitest";
import { TokenBucket } from "../../../src/room/limits/token-bucket.ts";

const bucket = (rate: number, burst: number, tokens = burst) =>
  new TokenBucket(rate, burst, { tokens, at: 0 }, 0);

describe("TokenBucket", () => {
  test("[LIM-8] allows a burst at once, and then the rate", () => {
    const full = bucket(10, 3);
    expect([full.take(1, 0), full.take(1, 0), full.take(1, 0)]).toEqual([0, 0, 0]);
    expect(full.take(1, 0)).toBe(100);
    expect(full.take(1, 99)).toBeGreaterThan(0);
    expect(full.take(1, 100)).toBe(0);
  });

  test("[LIM-8] tells refused callers times that follow one another, up to a minute", () => {
    const empty = bucket(10, 3, 0);
    expect([0, 0, 0].map((now) => empty.take(1, now))).toEqual([100, 200, 300]);
    const flooded = bucket(10, 3, 0);
    for (let i = 0; i < 5000; i++) flooded.take(1, 0);
    expect(flooded.take(1, 0)).toBe(60_000 + 100 - 100);
  });

  test("[LIM-8] holds at most the burst, and loses nothing when the clock is set back", () => {
    const one = bucket(10, 3, 0);
    expect(one.level(1_000_000).tokens).toBe(3);
    expect(one.isFull(1_000_000)).toBe(true);
    expect(one.level(0).tokens).toBe(3);
  });

  test("[LIM-8] takes the whole burst for a cost above it", () => {
    const one = bucket(10, 3);
    expect(one.take(50, 0)).toBe(0);
    expect(one.take(1, 0)).toBeGreaterThan(0);
  });

  test("[LIM-8] has no limit with a rate of 0", () => {
    const none = bucket(0, 1, 0);
    for (let i = 0; i < 10; i++) expect(none.take(100, 0)).toBe(0);
  });
});
