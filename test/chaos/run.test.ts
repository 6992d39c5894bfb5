import { expect, test } from "vitest";
import { run } from "./run.ts";

const SEED = 3;
const SECONDS = 10;
/** The bundle, the run, and the time for clients to settle. */
const TIMEOUT_MS = 120_000;

test(
  "[ORD-1] [DUR-1] [ONCE-1] [RES-1] [HOOK-20] [HOOK-23] [OPS-2] [OPS-3] [OPS-4] [OPS-5] [OPS-7] a chaos run of ten seconds has no violation",
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
    expect(summary.counted).toBeGreaterThanOrEqual(200);
    expect(summary.answers).toBeGreaterThanOrEqual(3);
    expect(summary.edits).toBeGreaterThanOrEqual(10);
    expect(summary.deletes).toBeGreaterThanOrEqual(20);
    expect(summary.deleted).toBeGreaterThanOrEqual(20);
    expect(summary.appends).toBeGreaterThanOrEqual(200);
    expect(summary.joined).toBeGreaterThanOrEqual(50);
    expect(summary.reacts + summary.unreacts).toBeGreaterThanOrEqual(100);
    expect(summary.overHttp).toBeGreaterThanOrEqual(200);
  },
  TIMEOUT_MS,
);
