import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { SessionRateLimiter } from "../../../src/room/limits/rate-limiter.ts";
import { StoredLevels } from "../../../src/room/limits/stored-levels.ts";
import { ConnectionManager } from "../../../src/room/sessions/connection-manager.ts";
import type { Session } from "../../../src/room/sessions/session.ts";
import { admission } from "../inside.ts";
import { freshRoom, join } from "../room-client.ts";

afterEach(() => void vi.restoreAllMocks());

const RATE = { rate: 10, burst: 5 };
const NOW = 1_800_000_000_000;

type Scene = {
  pace: SessionRateLimiter;
  enter: (member: string, rateKey?: string, now?: number, by?: SessionRateLimiter) => Session;
  leave: (session: Session) => void;
  /** The pace of the same object after it was out of memory. */
  again: () => SessionRateLimiter;
};

/** Sessions of a fresh object, and a pace over them. */
function scene(callback: (scene: Scene) => void): Promise<void> {
  return runInDurableObject(env.ROOMS.getByName(freshRoom()), (_, state) => {
    const pace = new SessionRateLimiter("publish", RATE, new StoredLevels(state.storage.sql));
    const connections = new ConnectionManager(state, 1024, (session) => pace.onLeave(session, NOW));
    callback({
      pace,
      enter: (member, rateKey = member, now = NOW, by = pace) => {
        const grant = { member, name: member, can: ["publish" as const], guest: true };
        const session = connections.accept(new WebSocketPair()[1], admission({ rateKey, grant }));
        by.onJoin(session, now);
        return session;
      },
      leave: (session) => connections.remove(session, "dropped"),
      again: () => new SessionRateLimiter("publish", RATE, new StoredLevels(state.storage.sql)),
    });
  });
}

const passes = (pace: SessionRateLimiter, session: Session, now = NOW) => {
  let passed = 0;
  while (passed < 100 && pace.take(session, 10, now) === 0) passed++;
  return passed;
};

test("[LIM-8] each session has a bucket of its own, and a frame of many bytes costs more", async () => {
  await scene(({ pace, enter }) => {
    const [ada, bob, big] = [enter("ada"), enter("bob"), enter("big")];
    expect(passes(pace, ada)).toBe(5);
    expect(passes(pace, bob)).toBe(5);
    expect(pace.take(big, 3 * 16 * 1024, NOW)).toBe(0);
    expect(passes(pace, big)).toBe(1);
  });
});

test("[LIM-8] who leaves with an empty bucket comes back to it, and so does another of the same address", async () => {
  await scene(({ pace, enter, leave }) => {
    const first = enter("guest_1", "192.0.2.1");
    expect(passes(pace, first)).toBe(5);
    leave(first);
    expect(passes(pace, enter("guest_2", "192.0.2.1"))).toBe(0);
    expect(passes(pace, enter("guest_3", "192.0.2.2"))).toBe(5);
    expect(passes(pace, enter("guest_4", "192.0.2.1"), NOW + 300)).toBe(3);
  });
});

test("[LIM-8] who is in the room already pays for nobody else of the address", async () => {
  await scene(({ pace, enter, leave }) => {
    const quiet = enter("guest_1", "192.0.2.1");
    const flooder = enter("guest_2", "192.0.2.1");
    passes(pace, flooder);
    pace.bar(flooder, NOW);
    leave(flooder);
    expect(passes(pace, quiet)).toBe(5);
  });
});

test("[LIM-8] who never said anything that passed is not punished for what another of the address did", async () => {
  await scene(({ pace, enter, leave }) => {
    const first = enter("guest_1", "192.0.2.1");
    passes(pace, first);
    leave(first);
    const second = enter("guest_2", "192.0.2.1");
    expect(pace.take(second, 10, NOW)).toBeGreaterThan(0);
    pace.bar(second, NOW);
    leave(second);
    expect(pace.barredFor("192.0.2.1", NOW)).toBe(0);
    // Unless it insists.
    const third = enter("guest_3", "192.0.2.1");
    for (let i = 0; i < 1000; i++) pace.take(third, 10, NOW);
    pace.bar(third, NOW);
    leave(third);
    expect(pace.barredFor("192.0.2.1", NOW)).toBe(10_000);
  });
});

test("[LIM-8] sleep and a reconnect together do not fill a bucket either", async () => {
  await scene(({ pace, enter, leave, again }) => {
    const ada = enter("ada");
    expect(passes(pace, ada)).toBe(5);
    const after = again();
    after.onLeave(ada, NOW);
    leave(ada);
    expect(passes(after, enter("ada", "ada", NOW, after))).toBe(0);
  });
});

test("[LIM-8] a frame that came too fast counts for as much as it is long", async () => {
  await scene(({ pace, enter }) => {
    const ada = enter("ada");
    passes(pace, ada);
    const before = pace.refusedFrames(ada);
    pace.take(ada, 640 * 1024, NOW);
    expect(pace.refusedFrames(ada)).toBe(before + 11);
  });
});

test("[LIM-8] [LIM-27] a page of history costs as much as it is long", async () => {
  await scene(({ pace, enter }) => {
    const [ada, bob] = [enter("ada"), enter("bob")];
    pace.chargePage(ada, 2 * 64 * 1024, NOW);
    expect(passes(pace, ada)).toBe(3);
    // Nothing of the price is let off: what the bucket does not hold is owed.
    pace.chargePage(bob, 100 * 64 * 1024, NOW);
    expect(pace.take(bob, 10, NOW + 9000)).toBeGreaterThan(0);
    expect(pace.take(bob, 10, NOW + 9600)).toBe(0);
  });
});

test("[LIM-8] sleep does not fill a bucket", async () => {
  const room = freshRoom();
  const stub = env.ROOMS.getByName(room);
  const ada = await join(room);
  const drain = () =>
    runInDurableObject(stub, (_, state) => {
      const [session] = new ConnectionManager(state, 1024).sessions();
      if (session === undefined) throw new Error("The session is gone.");
      return passes(new SessionRateLimiter("publish", RATE, new StoredLevels(state.storage.sql)), session);
    });
  expect(await drain()).toBe(5);
  await evictDurableObject(stub, { webSockets: "hibernate" });
  expect(await drain()).toBe(0);
  await ada.expectQuiet();
});

test("[LIM-8] a flood is not forgiven for the few of its frames that pass, but a second of quiet is", async () => {
  await scene(({ pace, enter }) => {
    const ada = enter("ada");
    for (let i = 0; i < 40; i++) pace.take(ada, 10, NOW + i * 20);
    // 5 at once and one each 100 ms passed; the others are counted.
    expect(pace.refusedFrames(ada)).toBe(40 - 5 - 7);
    passes(pace, ada, NOW + 40 * 20 + 1000);
    expect(pace.refusedFrames(ada)).toBe(1);
  });
});

test("[LIM-8] who was thrown out for sending too fast is kept out for ten seconds, sleep or none, and others are not", async () => {
  await scene(({ pace, enter, leave, again }) => {
    const flooder = enter("guest_1", "192.0.2.1");
    passes(pace, flooder);
    expect(pace.barredFor("192.0.2.1", NOW)).toBe(0);
    pace.bar(flooder, NOW);
    leave(flooder);
    expect(pace.barredFor("192.0.2.1", NOW)).toBe(10_000);
    expect(pace.barredFor("192.0.2.2", NOW)).toBe(0);
    expect(again().barredFor("192.0.2.1", NOW + 4000)).toBe(6000);
    expect(pace.barredFor("192.0.2.1", NOW + 10_000)).toBe(0);
    const next = again();
    expect(passes(next, enter("guest_2", "192.0.2.1", NOW + 10_000, next), NOW + 10_000)).toBe(0);
  });
});

test("[LIM-31] all sockets of one address in a room share ten times what one has, and no other pays for it", async () => {
  await scene(({ pace, enter }) => {
    const crowd = Array.from({ length: 30 }, (_, i) => enter(`guest_${i}`, "192.0.2.1"));
    expect(crowd.reduce((sum, session) => sum + passes(pace, session), 0)).toBe(10 * RATE.burst);
    const late = enter("guest_late", "192.0.2.1");
    expect(pace.take(late, 10, NOW)).toBeGreaterThan(0);
    expect(passes(pace, enter("guest_other", "192.0.2.2"))).toBe(RATE.burst);
    // A tenth of a second later ten more have flowed in, and the late one still has all that is its own.
    expect(passes(pace, late, NOW + 100)).toBe(RATE.burst);
  });
});

test("[LIM-31] who is refused for what others of its address sent is not kept out for it", async () => {
  await scene(({ pace, enter, leave }) => {
    const honest = enter("guest_honest", "192.0.2.1");
    expect(pace.take(honest, 10, NOW)).toBe(0);
    for (let i = 0; i < 20; i++) passes(pace, enter(`guest_${i}`, "192.0.2.1"));
    expect(pace.take(honest, 10, NOW)).toBeGreaterThan(0);
    pace.bar(honest, NOW);
    leave(honest);
    expect(pace.barredFor("192.0.2.1", NOW)).toBe(0);
  });
});
