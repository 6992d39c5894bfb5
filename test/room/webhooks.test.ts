import { afterEach, expect, test, vi } from "vitest";
import { Audience } from "../../src/audience/audience.ts";
import { Presence } from "../../src/audience/presence.ts";
import { WEBHOOK_EVENTS } from "../../src/config.ts";
import { RoomLog } from "../../src/log/log.ts";
import { Outgoing } from "../../src/log/outgoing.ts";
import { Webhooks } from "../../src/room/webhooks.ts";
import { RETENTION, segment } from "../log/in-object.ts";
import { inside } from "./inside.ts";
import { freshRoom } from "./room-client.ts";

afterEach(() => void vi.restoreAllMocks());

const event = (i: number) => ({
  id: `${i}`,
  at: i,
  type: "member.joined" as const,
  member: `m${i}`,
  name: "M",
});

test("[HOOK-4] what waits is bounded: the oldest goes, and is counted", async () => {
  await inside(freshRoom(), ({ state }) => {
    const outgoing = new Outgoing(state.storage);
    let dropped = 0;
    for (let i = 0; i < 1100; i++)
      dropped += outgoing.add([{ seq: 0, events: [event(i), event(i)] }], new Map([[`m${i}`, "M"]]), []);
    expect(dropped).toBe(200);
    expect(state.storage.sql.exec("SELECT count(*) AS n, min(id) AS first FROM outgoing").one()).toEqual({
      n: 1000,
      first: 101,
    });
    const again = new Outgoing(state.storage);
    expect([again.members.size, again.isWaiting, again.rows(2).map(({ id }) => id)]).toEqual([
      1100,
      true,
      [101, 102],
    ]);
    again.settle(1100, { seq: 7, failures: 0, next: 0, dropped: 0, batch: null });
    expect([again.isWaiting, new Outgoing(state.storage).state(0).seq]).toEqual([false, 7]);
  });
});

test("[HOOK-4] a receiver that is not there for hours is asked less and less often, and told all once it is", async () => {
  await inside(freshRoom(), async ({ state: object }) => {
    const log = new RoomLog(object.storage, RETENTION);
    const presence = new Presence(new Audience(object, 1024), 200, 0);
    const outgoing = new Outgoing(object.storage);
    // Nobody listens there.
    const webhook = {
      url: "http://127.0.0.1:1/",
      secret: "0123456789abcdef",
      events: new Set(WEBHOOK_EVENTS),
    };
    const parts = { webhook, room: () => "r", log, presence, outgoing, graceMs: 0 };
    const webhooks = new Webhooks(parts, () => {});
    log.append([{ segment: segment(1, ["kept"], Date.now()), ids: ["1"] }]);
    const clock = vi.spyOn(Date, "now");
    const waits: number[] = [];
    let now = Date.now();
    for (let i = 0; i < 14; i++) {
      clock.mockReturnValue(now);
      webhooks.run(now);
      await webhooks.settled();
      const due = webhooks.due() ?? 0;
      waits.push(due - now);
      // Too early, nothing is tried.
      webhooks.run(due - 1);
      expect(webhooks.isDelivering).toBe(false);
      now = due;
    }
    waits.forEach((wait, i) => {
      const usual = Math.min(3_600_000, 5000 * 2 ** i);
      expect(wait).toBeGreaterThanOrEqual(usual);
      expect(wait).toBeLessThanOrEqual(usual * 1.25);
    });
    // Another life of the object knows when to try again.
    const after = new Webhooks({ ...parts, outgoing: new Outgoing(object.storage) }, () => {});
    expect(after.due()).toBe(now);
    expect(outgoing.state(0)).toMatchObject({ failures: 14, seq: 0, batch: { seq: 1 } });
  });
});
