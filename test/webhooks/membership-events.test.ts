import { afterEach, describe, expect, test, vi } from "vitest";
import { RoomLog } from "../../src/room/log/log.ts";
import { WEBHOOK_EVENTS } from "../../src/settings/webhook.ts";
import { Telemetry } from "../../src/telemetry/telemetry.ts";
import { MembershipEvents } from "../../src/webhooks/membership-events.ts";
import { WebhookQueue } from "../../src/webhooks/queue.ts";
import { inside } from "../room/inside.ts";
import { RETENTION } from "../room/log/in-object.ts";
import { freshRoom } from "../room/room-client.ts";

afterEach(() => void vi.restoreAllMocks());

/** A queue that lists so many members, and the membership events of a room without sockets. */
function setUp(storage: DurableObjectStorage, members: number) {
  const log = new RoomLog(storage, RETENTION, "room");
  const queue = new WebhookQueue(storage, log);
  queue.add([], { joined: new Map(Array.from({ length: members }, (_, i) => [`m${i}`, "M"])), left: [] });
  const memberships = new MembershipEvents({
    presence: { entry: () => undefined },
    queue,
    log,
    telemetry: new Telemetry("error", () => "room"),
    eventTypes: new Set(WEBHOOK_EVENTS),
    alarm: { scheduleEarlier: () => {} },
  });
  return { queue, memberships };
}

describe("MembershipEvents", () => {
  test("[HOOK-4] writes many small rows when a crowd leaves at once", async () => {
    await inside(freshRoom(), ({ state: { storage } }) => {
      const { queue, memberships } = setUp(storage, 1000);
      for (const member of [...queue.members.keys()]) memberships.onMemberChange(member);
      memberships.flush();
      const sizes = queue.rows(100).map(({ events }) => events.length);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1001);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(51);
      expect(queue.state.dropped).toBe(0);
    });
  });

  test("[HOOK-4] drops and counts events that cannot be stored, and goes on with later ones", async () => {
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    await inside(freshRoom(), ({ state: { storage } }) => {
      const { queue, memberships } = setUp(storage, 3);
      storage.sql.exec("ALTER TABLE dormouse_outgoing_members RENAME TO elsewhere");
      memberships.onMemberChange("m0");
      memberships.flush();
      expect([queue.state.dropped, queue.hasRows]).toEqual([1, false]);
      storage.sql.exec("ALTER TABLE elsewhere RENAME TO dormouse_outgoing_members");
      memberships.onMemberChange("m1");
      memberships.flush();
      expect(queue.rows(9).flatMap(({ events }) => events)).toMatchObject([{ member: "m1" }]);
    });
    expect(errors).toHaveBeenCalledOnce();
  });
});
