import { describe, expect, test } from "vitest";
import { type Phase, PresenceSimulation } from "./simulation.ts";

/** To try another seed: `PRESENCE_SEED=7 npx vitest run test/e2e/presence/simulation.test.ts`. */
const SEED = Number(process.env.PRESENCE_SEED ?? 1);
const TIMEOUT_MS = 120_000;

/** Long enough for members to reconnect within it on a busy machine. */
const GRACE_MS = 1000;
const PHASES: readonly Phase[] = [
  { ms: 2000, ends: "clean", evicts: true },
  { ms: 2000, ends: "unclean", crash: "killed" },
  { ms: 2000, ends: "clean", crash: "closed", evicts: true },
  { ms: 2000, ends: "unclean", evicts: true },
];

const LISTED = 5;
/** Phases, each with the number of members after it: above and below the number listed. */
const CROSSINGS: readonly [number, Phase][] = [
  [8, { ms: 1000, ends: "clean", evicts: true }],
  [4, { ms: 1000, ends: "unclean", evicts: true }],
  [LISTED + 1, { ms: 1000, ends: "unclean", crash: "closed" }],
  [LISTED, { ms: 1000, ends: "unclean", evicts: true }],
  [7, { ms: 1000, ends: "unclean", crash: "killed" }],
  [3, { ms: 1000, ends: "clean", evicts: true }],
];

describe.concurrent(`a presence simulation with seed ${SEED}`, () => {
  test(
    "[PRES-1] [PRES-2] [PRES-5] all fifty members have the right list after each phase, and saw nobody leave who returned in time",
    async () => {
      const simulation = await PresenceSimulation.start(SEED, 50, GRACE_MS, 200);
      try {
        for (const [i, phase] of PHASES.entries()) {
          await simulation.run(phase);
          const after = `seed ${SEED}, phase ${i}`;
          expect(await simulation.problems(), after).toEqual([]);
          expect(await simulation.problemsOfNewcomer(phase.evicts), `${after}, newcomer`).toEqual([]);
        }
        // The simulation did enough to prove something.
        const { totals } = simulation;
        expect(totals.crashes).toBe(2);
        expect(totals.departures).toBeGreaterThan(50);
        expect(totals.connections).toBeGreaterThan(200);
        expect(totals.presenceFrames).toBeGreaterThan(1000);
      } finally {
        await simulation.stop();
      }
    },
    TIMEOUT_MS,
  );

  test(
    "[PRES-1] [PRES-4] a room with more members than it lists sends only the count, and lists them again when enough leave",
    async () => {
      const simulation = await PresenceSimulation.start(SEED, 9, GRACE_MS / 2, LISTED);
      try {
        for (const [members, phase] of CROSSINGS) {
          await simulation.run(phase);
          await simulation.resize(members);
          const after = `seed ${SEED}, ${members} members`;
          expect(await simulation.problems(), after).toEqual([]);
          expect(await simulation.problemsOfNewcomer(phase.evicts), `${after}, newcomer`).toEqual([]);
        }
      } finally {
        await simulation.stop();
      }
    },
    TIMEOUT_MS,
  );
});
