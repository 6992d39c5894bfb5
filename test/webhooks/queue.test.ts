import { describe, expect, test } from "vitest";
import { RoomLog } from "../../src/room/log/log.ts";
import { WebhookQueue } from "../../src/webhooks/queue.ts";
import { inside } from "../room/inside.ts";
import { RETENTION } from "../room/log/in-object.ts";
import { freshRoom } from "../room/room-client.ts";

const event = (i: number) => ({
  id: `${i}`,
  at: i,
  type: "member.joined" as const,
  member: `m${i}`,
  name: "M",
});

describe("WebhookQueue", () => {
  test("[HOOK-4] drops and counts the oldest rows when there are more than 1,000", async () => {
    await inside(freshRoom(), ({ state: { storage } }) => {
      const log = { epoch: "e", last: 0, isStored: true };
      const queue = new WebhookQueue(storage, log);
      for (let i = 0; i < 1100; i++)
        queue.add([{ seq: 0, events: [event(i), event(i)] }], {
          joined: new Map([[`m${i}`, "M"]]),
          left: [],
        });
      expect(queue.state.dropped).toBe(200);
      expect(storage.sql.exec("SELECT count(*) AS n, min(id) AS first FROM dormouse_outgoing").one()).toEqual(
        {
          n: 1000,
          first: 101,
        },
      );
      const restored = new WebhookQueue(storage, log);
      expect([restored.members.size, restored.hasRows, restored.state.dropped]).toEqual([1100, true, 200]);
      expect(restored.rows(2).map(({ id }) => id)).toEqual([101, 102]);
      restored.complete(1100, { seq: 7 });
      expect([restored.hasRows, new WebhookQueue(storage, log).state.seq]).toEqual([false, 7]);
    });
  });

  test("[HOOK-2] keeps the rows of the batch under way when it drops the oldest", async () => {
    await inside(freshRoom(), ({ state: { storage } }) => {
      const queue = new WebhookQueue(storage, { epoch: "e", last: 0, isStored: true });
      const rows = (count: number) =>
        Array.from({ length: count }, (_, i) => ({ seq: 0, events: [event(i)] }));
      const nobody = { joined: new Map<string, string>(), left: [] };
      queue.add(rows(1000), nobody);
      queue.update({ batch: { id: "msg_1", row: 3, seq: 0, events: 3, dropped: 0, tooBig: 0 } });
      queue.add(rows(10), nobody);
      expect(queue.rows(5).map(({ id }) => id)).toEqual([1, 2, 3, 14, 15]);
      expect(queue.state.dropped).toBe(10);
    });
  });

  test("[HOOK-1] begins at the first message when the log was erased while the webhook was off", async () => {
    await inside(freshRoom(), ({ state: { storage } }) => {
      const log = new RoomLog(storage, RETENTION, "room");
      const batch = { id: "msg_1", row: 1, seq: 9, events: 1, dropped: 0, tooBig: 0 };
      const stored = { seq: 8, failures: 2, next: 77, dropped: 3, batch };
      const queue = new WebhookQueue(storage, log);
      queue.add([{ seq: 8, events: [event(1)] }], { joined: new Map(), left: [] });
      // States of earlier versions have no epoch.
      storage.sql.exec(
        "INSERT OR REPLACE INTO dormouse_outgoing_state VALUES (1, ?)",
        JSON.stringify(stored),
      );
      expect(new WebhookQueue(storage, log).state).toEqual({ ...stored, epoch: log.epoch });
      log.erase();
      for (let life = 0; life < 2; life++) {
        const restored = new WebhookQueue(storage, log);
        expect(restored.state).toEqual({ ...stored, epoch: log.epoch, seq: 0, batch: null });
        expect(restored.rows(9).map(({ seq }) => seq)).toEqual([0]);
      }
    });
  });
});
