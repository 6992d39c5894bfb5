import { describe, expect, test } from "vitest";
import { MAX_SLOPE, slopeOf } from "./trend.ts";

/** Samples of ten minutes, one every five seconds. */
const samples = (memory: (minute: number) => number) =>
  Array.from({ length: 121 }, (_, i) => ({ minute: i / 12, rssMB: memory(i / 12) }));

describe("the slope of a soak", () => {
  test("[OPER-9] leaves out the first third, in which the process warms up", () => {
    expect(slopeOf(samples((minute) => Math.min(minute, 3) * 100))).toBeCloseTo(0);
    expect(slopeOf(samples((minute) => 300 + 5 * minute))).toBeCloseTo(5);
  });

  test("[OPER-9] finds a small leak under a garbage collector, and none where there is none", () => {
    const sawtooth = (minute: number) => 300 + 20 * ((minute * 3) % 1);
    expect(slopeOf(samples(sawtooth))).toBeLessThan(MAX_SLOPE);
    expect(slopeOf(samples((minute) => sawtooth(minute) + 2 * minute))).toBeGreaterThan(MAX_SLOPE);
  });
});
