import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { SessionRateLimiter } from "../../../src/room/limits/rate-limiter.ts";
import { StoredLevels } from "../../../src/room/limits/stored-levels.ts";
import { ConnectionManager } from "../../../src/room/sessions/connection-manager.ts";
import type { Session } from "../../../src/room/sessions/session.ts";
import { admission } from "../inside.ts";
import { freshRoom, join } from "../room-client.ts";

afterEach(() => void vi.restoreAllMocks());

const RATE = { rate: 10, burst: 5 };
const NOW = 1_800_000_000_000;

type Setup = {
  limiter: SessionRateLimiter;
  join: (member: string, rateKey?: string, now?: number, by?: SessionRateLimiter) => Session;
  leave: (session: Session) => void;
  /** The rate limiter of another life of the object. */
  restart: () => SessionRateLimiter;
};

/** Sessions of a fresh object, and their rate limiter. */
function withLimiter(callback: (setup: Setup) => void): Promise<void> {
  return runInDurableObject(env.ROOMS.getByName(freshRoom()), (_, state) => {
    const limiter = new SessionRateLimiter("publish", RATE, new StoredLevels(state.storage.sql));
    const connections = new ConnectionManager(state, 1024, (session) => limiter.onLeave(session, NOW));
    callback({
      limiter,
      join: (member, rateKey = member, now = NOW, by = limiter) => {
        const grant = { member, name: member, can: ["publish" as const], guest: true };
        const session = connections.accept(new WebSocketPair()[1], admission({ rateKey, grant }));
        by.onJoin(session, now);
        return session;
      },
      leave: (session) => void connections.remove(session, "lost"),
      restart: () => new SessionRateLimiter("publish", RATE, new StoredLevels(state.storage.sql)),
    });
  });
}

const acceptedBy = (limiter: SessionRateLimiter, session: Session, now = NOW) => {
  let accepted = 0;
  while (accepted < 100 && limiter.take(session, 10, now) === 0) accepted++;
  return accepted;
};

describe("SessionRateLimiter", () => {
  test("[LIM-8] gives each session its own bucket, and charges large frames more", async () => {
    await withLimiter(({ limiter, join }) => {
      const [ada, bob, big] = [join("ada"), join("bob"), join("big")];
      expect(acceptedBy(limiter, ada)).toBe(5);
      expect(acceptedBy(limiter, bob)).toBe(5);
      expect(limiter.take(big, 3 * 16 * 1024, NOW)).toBe(0);
      expect(acceptedBy(limiter, big)).toBe(1);
    });
  });

  test("[LIM-8] keeps an empty bucket for the next session of the same address", async () => {
    await withLimiter(({ limiter, join, leave }) => {
      const first = join("guest_1", "192.0.2.1");
      expect(acceptedBy(limiter, first)).toBe(5);
      leave(first);
      expect(acceptedBy(limiter, join("guest_2", "192.0.2.1"))).toBe(0);
      expect(acceptedBy(limiter, join("guest_3", "192.0.2.2"))).toBe(5);
      expect(acceptedBy(limiter, join("guest_4", "192.0.2.1"), NOW + 300)).toBe(3);
    });
  });

  test("[LIM-8] charges no open session for a flood from its address", async () => {
    await withLimiter(({ limiter, join, leave }) => {
      const quiet = join("guest_1", "192.0.2.1");
      const flooder = join("guest_2", "192.0.2.1");
      acceptedBy(limiter, flooder);
      limiter.bar(flooder, NOW);
      leave(flooder);
      expect(acceptedBy(limiter, quiet)).toBe(5);
    });
  });

  test("[LIM-8] does not bar an address for a session whose frames were all refused, unless it keeps sending", async () => {
    await withLimiter(({ limiter, join, leave }) => {
      const first = join("guest_1", "192.0.2.1");
      acceptedBy(limiter, first);
      leave(first);
      const second = join("guest_2", "192.0.2.1");
      expect(limiter.take(second, 10, NOW)).toBeGreaterThan(0);
      limiter.bar(second, NOW);
      leave(second);
      expect(limiter.barredFor("192.0.2.1", NOW)).toBe(0);
      const third = join("guest_3", "192.0.2.1");
      for (let i = 0; i < 1000; i++) limiter.take(third, 10, NOW);
      limiter.bar(third, NOW);
      leave(third);
      expect(limiter.barredFor("192.0.2.1", NOW)).toBe(10_000);
    });
  });

  test("[LIM-8] keeps the level through hibernation followed by a reconnect", async () => {
    await withLimiter(({ limiter, join, leave, restart }) => {
      const ada = join("ada");
      expect(acceptedBy(limiter, ada)).toBe(5);
      const after = restart();
      after.onLeave(ada, NOW);
      leave(ada);
      expect(acceptedBy(after, join("ada", "ada", NOW, after))).toBe(0);
    });
  });

  test("[LIM-8] counts a large refused frame more than once", async () => {
    await withLimiter(({ limiter, join }) => {
      const ada = join("ada");
      acceptedBy(limiter, ada);
      const before = limiter.refusedFrames(ada);
      limiter.take(ada, 640 * 1024, NOW);
      expect(limiter.refusedFrames(ada)).toBe(before + 11);
    });
  });

  test("[LIM-8] [LIM-27] charges a page of history by its size", async () => {
    await withLimiter(({ limiter, join }) => {
      const [ada, bob] = [join("ada"), join("bob")];
      limiter.chargePage(ada, 2 * 64 * 1024, NOW);
      expect(acceptedBy(limiter, ada)).toBe(3);
      // The full cost is charged: the level becomes negative.
      limiter.chargePage(bob, 100 * 64 * 1024, NOW);
      expect(limiter.take(bob, 10, NOW + 9000)).toBeGreaterThan(0);
      expect(limiter.take(bob, 10, NOW + 9600)).toBe(0);
    });
  });

  test("[LIM-8] keeps the level through hibernation", async () => {
    const room = freshRoom();
    const stub = env.ROOMS.getByName(room);
    const ada = await join(room);
    const drain = () =>
      runInDurableObject(stub, (_, state) => {
        const [session] = new ConnectionManager(state, 1024).sessions();
        if (session === undefined) throw new Error("The session is gone.");
        return acceptedBy(
          new SessionRateLimiter("publish", RATE, new StoredLevels(state.storage.sql)),
          session,
        );
      });
    expect(await drain()).toBe(5);
    await evictDurableObject(stub, { webSockets: "hibernate" });
    expect(await drain()).toBe(0);
    await ada.expectQuiet();
  });

  test("[LIM-8] counts refused frames until a second passes without one, whatever is accepted in between", async () => {
    await withLimiter(({ limiter, join }) => {
      const ada = join("ada");
      for (let i = 0; i < 40; i++) limiter.take(ada, 10, NOW + i * 20);
      // 5 at once and then one each 100 ms are accepted; the others are counted.
      expect(limiter.refusedFrames(ada)).toBe(40 - 5 - 7);
      acceptedBy(limiter, ada, NOW + 40 * 20 + 1000);
      expect(limiter.refusedFrames(ada)).toBe(1);
    });
  });

  test("[LIM-8] bars the address of a flooder for ten seconds, also after hibernation, and no other address", async () => {
    await withLimiter(({ limiter, join, leave, restart }) => {
      const flooder = join("guest_1", "192.0.2.1");
      acceptedBy(limiter, flooder);
      expect(limiter.barredFor("192.0.2.1", NOW)).toBe(0);
      limiter.bar(flooder, NOW);
      leave(flooder);
      expect(limiter.barredFor("192.0.2.1", NOW)).toBe(10_000);
      expect(limiter.barredFor("192.0.2.2", NOW)).toBe(0);
      expect(restart().barredFor("192.0.2.1", NOW + 4000)).toBe(6000);
      expect(limiter.barredFor("192.0.2.1", NOW + 10_000)).toBe(0);
      const next = restart();
      expect(acceptedBy(next, join("guest_2", "192.0.2.1", NOW + 10_000, next), NOW + 10_000)).toBe(0);
    });
  });

  test("[LIM-31] limits all sessions of one address to ten times the rate of one, and affects no other address", async () => {
    await withLimiter(({ limiter, join }) => {
      const crowd = Array.from({ length: 30 }, (_, i) => join(`guest_${i}`, "192.0.2.1"));
      expect(crowd.reduce((sum, session) => sum + acceptedBy(limiter, session), 0)).toBe(10 * RATE.burst);
      const late = join("guest_late", "192.0.2.1");
      expect(limiter.take(late, 10, NOW)).toBeGreaterThan(0);
      expect(acceptedBy(limiter, join("guest_other", "192.0.2.2"))).toBe(RATE.burst);
      // After 100 ms the shared bucket holds ten tokens, and the bucket of the late session is still full.
      expect(acceptedBy(limiter, late, NOW + 100)).toBe(RATE.burst);
    });
  });

  test("[LIM-31] does not bar an address for a session that was refused because of others", async () => {
    await withLimiter(({ limiter, join, leave }) => {
      const honest = join("guest_honest", "192.0.2.1");
      expect(limiter.take(honest, 10, NOW)).toBe(0);
      for (let i = 0; i < 20; i++) acceptedBy(limiter, join(`guest_${i}`, "192.0.2.1"));
      expect(limiter.take(honest, 10, NOW)).toBeGreaterThan(0);
      limiter.bar(honest, NOW);
      leave(honest);
      expect(limiter.barredFor("192.0.2.1", NOW)).toBe(0);
    });
  });
});
