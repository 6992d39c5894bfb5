import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { Debts } from "../../src/log/debts.ts";
import { Reads } from "../../src/room/reads.ts";
import { freshRoom } from "./room-client.ts";

const NOW = 1_800_000_000_000;
const PART = 64 * 1024;
const ADA = "member ada";

/** Reads at 10 a second and 5 at once, in a room that holds something or nothing. */
function withReads(callback: (reads: Reads, storage: DurableObjectStorage) => void, isStored = true) {
  return runInDurableObject(env.ROOMS.getByName(freshRoom()), (_, { storage }) => {
    const rate = { rate: 10, burst: 5 };
    callback(new Reads(rate, new Debts(storage.sql), { isStored }), storage);
  });
}

test("[LIM-25] reads of one debtor share a bucket, and what is refused is told when to come again", async () => {
  await withReads((reads) => {
    for (let i = 0; i < 5; i++) expect(reads.visit(ADA, NOW)).toBeUndefined();
    expect(reads.visit(ADA, NOW)).toMatchObject({ code: "rate_limited", retryAfter: 100 });
    expect(reads.visit("member bob", NOW)).toBeUndefined();
    expect(reads.visit(ADA, NOW + 100)).toBeUndefined();
    expect(reads.visit(undefined, NOW)).toBeUndefined();
  });
});

test("[LIM-25] an answer costs as much as it weighs, in debt if need be", async () => {
  await withReads((reads) => {
    expect(reads.visit(ADA, NOW)).toBeUndefined();
    reads.answered(ADA, 16 * PART, NOW);
    // 4 were left, 16 were taken, and a read needs one.
    expect(reads.visit(ADA, NOW)).toMatchObject({ retryAfter: 1300 });
    expect(reads.visit(ADA, NOW + 1300)).toBeUndefined();
  });
});

test("[LIM-25] [DUR-10] a debt is written down where it outlasts the object, and not in a room that holds nothing", async () => {
  const tables = ({ sql }: DurableObjectStorage) => sql.exec("SELECT name FROM sqlite_master").toArray();
  await withReads((reads, storage) => {
    reads.answered(ADA, 200 * PART, NOW);
    const again = new Reads({ rate: 10, burst: 5 }, new Debts(storage.sql), { isStored: true });
    expect(again.visit(ADA, NOW + 1000)?.retryAfter).toBeGreaterThan(10_000);
  });
  await withReads((reads, storage) => {
    reads.answered(ADA, 200 * PART, NOW);
    expect(reads.visit(ADA, NOW + 1000)).toBeDefined();
    expect(tables(storage)).toEqual([]);
  }, false);
});

test("[LIM-26] a replay is owed and never cut; only who owes a minute's worth is refused, for ten seconds at most", async () => {
  await withReads((reads) => {
    // A minute's worth is 600 tokens: 5 are there.
    expect(reads.replay(ADA, 605 * PART, NOW)).toBeUndefined();
    expect(reads.replay(ADA, PART, NOW)).toBeUndefined();
    expect(reads.replay(ADA, PART, NOW)).toMatchObject({ code: "rate_limited", retryAfter: 100 });
    expect(reads.replay("member bob", PART, NOW)).toBeUndefined();
    expect(reads.replay(ADA, 10_000 * PART, NOW + 100)).toBeUndefined();
    expect(reads.replay(ADA, PART, NOW + 100)).toMatchObject({ retryAfter: 10_000 });
    expect(reads.replay(ADA, PART, NOW + 10_100)).toBeUndefined();
  });
});

test("[LIM-26] who is owed nothing is never refused, and who resumes what it missed is not", async () => {
  await withReads((reads) => {
    reads.replay(ADA, 10_000 * PART, NOW);
    expect(reads.replay(ADA, 0, NOW)).toBeUndefined();
    // A hundred sessions of one address come back at once, each for 60 kB.
    for (let i = 0; i < 100; i++) expect(reads.replay("address 192.0.2.1", 60_000, NOW)).toBeUndefined();
  });
});

test("[LIM-25] a rate of 0 is no limit", async () => {
  await runInDurableObject(env.ROOMS.getByName(freshRoom()), (_, { storage }) => {
    const reads = new Reads({ rate: 0, burst: 1 }, new Debts(storage.sql), { isStored: true });
    for (let i = 0; i < 10; i++) {
      expect(reads.visit(ADA, NOW)).toBeUndefined();
      expect(reads.replay(ADA, 1e9, NOW)).toBeUndefined();
    }
  });
});
