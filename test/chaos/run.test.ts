import { expect, test } from "vitest";
import { run } from "./run.ts";

const SEED = 3;
const SECONDS = 10;
/** The bundle, the run, and the time for clients to settle. */
const TIMEOUT_MS = 120_000;

test(
  "[ORD-1] [DUR-1] [ONCE-1] [RES-1] a chaos run of ten seconds has no violation",
  async () => {
    const { violations, summary } = await run(SEED, SECONDS);
    expect(violations.slice(0, 20)).toEqual([]);
    // The run did enough to prove something.
    expect(summary.kills).toBeGreaterThanOrEqual(1);
    expect(summary.evictions).toBeGreaterThanOrEqual(1);
    expect(summary.cuts).toBeGreaterThanOrEqual(10);
    expect(summary.resumed).toBeGreaterThanOrEqual(5);
    expect(summary.acknowledged).toBeGreaterThanOrEqual(1000);
    expect(summary.received).toBeGreaterThanOrEqual(3000);
  },
  TIMEOUT_MS,
);
