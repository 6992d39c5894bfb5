import { describe, expect, test } from "vitest";
import { joinRoom } from "../../src/client/index.ts";
import { Network } from "../support/network.ts";
import { startService } from "../support/service.ts";
import { eventually } from "../support/socket.ts";
import { live } from "./service-rooms.ts";

describe("Room.publish", () => {
  test.each([
    ["short ones", { PUBLISH_RATE: "50", PUBLISH_BURST: "10" }, 100, "x"],
    ["long ones", { PUBLISH_RATE: "400", PUBLISH_BURST: "100" }, 60, "x".repeat(200_000)],
  ])(
    "[LIM-8] [RES-10] lands every message in order when the client publishes faster than the rate allows: %s",
    async (_, limits, count, data) => {
      const slow = await startService(limits);
      const leg = await Network.start(() => Number(new URL(slow.url).port));
      const room = joinRoom("slow", { host: `127.0.0.1:${leg.port}` });
      const refused: string[] = [];
      room.on("error", ({ code }) => refused.push(code));
      try {
        await live(room);
        leg.unplug();
        await eventually(() => room.state.status !== "live");
        const published = Array.from({ length: count }, () => room.publish(data));
        leg.plug();
        await live(room);
        expect((await Promise.all(published)).map(({ seq }) => seq)).toEqual(published.map((_, i) => i + 1));
        expect(refused).toEqual([]);
        expect(room.state).toMatchObject({ status: "live" });
      } finally {
        room.leave();
        await leg.stop();
        await slow.stop();
      }
    },
  );

  test("[RES-16] uploads a message once over a slow uplink, over one connection", async () => {
    const service = await startService({ HEARTBEAT_SECONDS: "5" });
    const network = await Network.start(() => Number(new URL(service.url).port));
    const room = joinRoom("uplink", { host: `127.0.0.1:${network.port}` });
    let connections = 0;
    room.on("state", ({ status }) => {
      if (status === "live") connections++;
    });
    try {
      await live(room);
      const [leg] = network.legs;
      // The upload takes longer than the client waits for a pong, and less than the server waits for a ping.
      leg?.throttle(20_000);
      const data = "x".repeat(250_000);
      expect(await room.publish(data)).toMatchObject({ seq: 1 });
      expect(connections).toBe(1);
      expect(leg?.uploaded).toBeLessThan(1.2 * data.length);
    } finally {
      room.leave();
      await network.stop();
      await service.stop();
    }
  });
});
