import { describe, expect, test } from "vitest";
import { Gathering, type Storm } from "./simulation.ts";

/** For other storms than the usual ones: `PRESENCE_SEED=7 npx vitest run test/e2e/presence-property.test.ts`. */
const SEED = Number(process.env.PRESENCE_SEED ?? 1);
const TIMEOUT_MS = 120_000;

/** So long that a busy machine, too, brings people back well within it. */
const GRACE_MS = 1000;
const STORMS: readonly Storm[] = [
  { ms: 2000, manners: "polite", sleeps: true },
  { ms: 2000, manners: "rough", crash: "killed" },
  { ms: 2000, manners: "polite", crash: "closed", sleeps: true },
  { ms: 2000, manners: "rough", sleeps: true },
];

const FEW = 5;
/** How many stay after each storm, and what it was: over what is listed and back again. */
const CROSSINGS: readonly [number, Storm][] = [
  [8, { ms: 1000, manners: "polite", sleeps: true }],
  [4, { ms: 1000, manners: "rough", sleeps: true }],
  [FEW + 1, { ms: 1000, manners: "rough", crash: "closed" }],
  [FEW, { ms: 1000, manners: "rough", sleeps: true }],
  [7, { ms: 1000, manners: "rough", crash: "killed" }],
  [3, { ms: 1000, manners: "polite", sleeps: true }],
];

describe.concurrent(`seed ${SEED}`, () => {
  test(
    "[PRES-1] [PRES-2] [PRES-5] after each storm fifty members see who is here, and nobody left who was back in time",
    async () => {
      const gathering = await Gathering.start(SEED, 50, GRACE_MS, 200);
      try {
        for (const [i, storm] of STORMS.entries()) {
          await gathering.storm(storm);
          const after = `seed ${SEED}, storm ${i}`;
          expect(await gathering.wrongs(), after).toEqual([]);
          expect(await gathering.wrongsForNewcomer(storm.sleeps), `${after}, newcomer`).toEqual([]);
        }
        // There was something to prove.
        const { tally } = gathering;
        expect(tally.crashes).toBe(2);
        expect(tally.departures).toBeGreaterThan(50);
        expect(tally.tabs).toBeGreaterThan(200);
        expect(tally.changes).toBeGreaterThan(1000);
      } finally {
        await gathering.stop();
      }
    },
    TIMEOUT_MS,
  );

  test(
    "[PRES-1] [PRES-4] a room that has more members than are listed tells only how many, and lists them when it falls back",
    async () => {
      const gathering = await Gathering.start(SEED, 9, GRACE_MS / 2, FEW);
      try {
        for (const [members, storm] of CROSSINGS) {
          await gathering.storm(storm);
          await gathering.only(members);
          const after = `seed ${SEED}, ${members} members`;
          expect(await gathering.wrongs(), after).toEqual([]);
          expect(await gathering.wrongsForNewcomer(storm.sleeps), `${after}, newcomer`).toEqual([]);
        }
      } finally {
        await gathering.stop();
      }
    },
    TIMEOUT_MS,
  );
});
