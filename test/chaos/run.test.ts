import { expect, test } from "vitest";
import { run } from "./run.ts";

const SEED = 3;
const SECONDS = 10;
/** The storm, a bundle before it, and after it all the time that clients may take to come back. */
const TIMEOUT_MS = 120_000;

test(
  "[ORD-1] [DUR-1] [ONCE-1] [RES-1] ten seconds of storm break no promise",
  async () => {
    const { breaches, tally } = await run(SEED, SECONDS);
    expect(breaches.slice(0, 20)).toEqual([]);
    // It was a storm, and there was something to prove.
    expect(tally.kills).toBeGreaterThanOrEqual(1);
    expect(tally.evictions).toBeGreaterThanOrEqual(1);
    expect(tally.cuts).toBeGreaterThanOrEqual(10);
    expect(tally.resumed).toBeGreaterThanOrEqual(5);
    expect(tally.acknowledged).toBeGreaterThanOrEqual(1000);
    expect(tally.received).toBeGreaterThanOrEqual(3000);
  },
  TIMEOUT_MS,
);
