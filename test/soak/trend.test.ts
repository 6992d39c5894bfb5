import { describe, expect, test } from "vitest";
import { growthOf, MAX_GROWTH } from "./trend.ts";

/** Samples of ten minutes, one every five seconds. */
const growth = (memory: (minute: number) => number) =>
  growthOf(Array.from({ length: 121 }, (_, i) => ({ minute: i / 12, rssMB: memory(i / 12) }))).percent;

describe("the growth of a soak", () => {
  test("[OPER-9] leaves out the first third, in which the process warms up", () => {
    expect(growth((minute) => Math.min(minute, 3) * 100)).toBe(0);
    expect(growth((minute) => 300 - minute)).toBeLessThan(0);
  });

  test("[OPER-9] finds a leak under a garbage collector, and none where there is none", () => {
    const sawtooth = (minute: number) => 300 + 40 * ((minute * 0.7) % 1);
    expect(growth(sawtooth)).toBeLessThan(MAX_GROWTH);
    expect(growth((minute) => sawtooth(minute) + 4 * minute)).toBeGreaterThan(MAX_GROWTH);
  });
});
