import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { ReadLimiter } from "../../../src/room/limits/read-limiter.ts";
import { StoredLevels } from "../../../src/room/limits/stored-levels.ts";
import { freshRoom } from "../room-client.ts";

const NOW = 1_800_000_000_000;
const PART = 64 * 1024;
const ADA = "member ada";

/** A limiter of 10 reads a second, 5 at once, in a room that stores something or nothing. */
function withReads(callback: (reads: ReadLimiter, storage: DurableObjectStorage) => void, isStored = true) {
  return runInDurableObject(env.ROOMS.getByName(freshRoom()), (_, { storage }) => {
    const rate = { rate: 10, burst: 5 };
    callback(new ReadLimiter(rate, new StoredLevels(storage.sql), { isStored }), storage);
  });
}

describe("ReadLimiter", () => {
  test("[LIM-25] has one bucket for a rateKey, and says when to repeat a refused read", async () => {
    await withReads((reads) => {
      for (let i = 0; i < 5; i++) expect(reads.take(ADA, NOW)).toBeUndefined();
      expect(reads.take(ADA, NOW)).toMatchObject({ code: "rate_limited", retryAfter: 100 });
      expect(reads.take("member bob", NOW)).toBeUndefined();
      expect(reads.take(ADA, NOW + 100)).toBeUndefined();
      expect(reads.take(undefined, NOW)).toBeUndefined();
    });
  });

  test("[LIM-25] charges an answer by its size, and may overdraw the bucket", async () => {
    await withReads((reads) => {
      expect(reads.take(ADA, NOW)).toBeUndefined();
      reads.chargeAnswer(ADA, 16 * PART, NOW);
      // 16 of 4 tokens were taken, and a read needs one.
      expect(reads.take(ADA, NOW)).toMatchObject({ retryAfter: 1300 });
      expect(reads.take(ADA, NOW + 1300)).toBeUndefined();
    });
  });

  test("[LIM-25] [DUR-10] stores a level that outlives the object, except in a room that stores nothing", async () => {
    const tables = ({ sql }: DurableObjectStorage) => sql.exec("SELECT name FROM sqlite_master").toArray();
    await withReads((reads, storage) => {
      reads.chargeAnswer(ADA, 200 * PART, NOW);
      const again = new ReadLimiter({ rate: 10, burst: 5 }, new StoredLevels(storage.sql), {
        isStored: true,
      });
      expect(again.take(ADA, NOW + 1000)?.retryAfter).toBeGreaterThan(10_000);
    });
    await withReads((reads, storage) => {
      reads.chargeAnswer(ADA, 200 * PART, NOW);
      expect(reads.take(ADA, NOW + 1000)).toBeDefined();
      expect(tables(storage)).toEqual([]);
    }, false);
  });

  test("[LIM-26] charges a replay in full, and refuses joins only beyond a minute's overdraft, for at most ten seconds", async () => {
    await withReads((reads) => {
      // A minute brings 600 tokens, and the bucket holds 5.
      expect(reads.chargeReplay(ADA, 605 * PART, NOW)).toBeUndefined();
      expect(reads.chargeReplay(ADA, PART, NOW)).toBeUndefined();
      expect(reads.chargeReplay(ADA, PART, NOW)).toMatchObject({ code: "rate_limited", retryAfter: 100 });
      expect(reads.chargeReplay("member bob", PART, NOW)).toBeUndefined();
      expect(reads.chargeReplay(ADA, 10_000 * PART, NOW + 100)).toBeUndefined();
      expect(reads.chargeReplay(ADA, PART, NOW + 100)).toMatchObject({ retryAfter: 10_000 });
      expect(reads.chargeReplay(ADA, PART, NOW + 10_100)).toBeUndefined();
    });
  });

  test("[LIM-26] refuses no join without a replay, and no resume of a crowd behind one address", async () => {
    await withReads((reads) => {
      reads.chargeReplay(ADA, 10_000 * PART, NOW);
      expect(reads.chargeReplay(ADA, 0, NOW)).toBeUndefined();
      // A hundred sessions of one address resume at once, each with 60 kB.
      for (let i = 0; i < 100; i++)
        expect(reads.chargeReplay("address 192.0.2.1", 60_000, NOW)).toBeUndefined();
    });
  });

  test("[LIM-25] has no limit with a rate of 0", async () => {
    await runInDurableObject(env.ROOMS.getByName(freshRoom()), (_, { storage }) => {
      const reads = new ReadLimiter({ rate: 0, burst: 1 }, new StoredLevels(storage.sql), { isStored: true });
      for (let i = 0; i < 10; i++) {
        expect(reads.take(ADA, NOW)).toBeUndefined();
        expect(reads.chargeReplay(ADA, 1e9, NOW)).toBeUndefined();
      }
    });
  });
});
