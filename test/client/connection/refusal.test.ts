import { describe, expect, test } from "vitest";
import { fetchRefusal } from "../../../src/client/connection/refusal.ts";
import { roomUrl } from "../../../src/client/connection/room-url.ts";
import { startService } from "../../support/service.ts";
import { eventually } from "../../support/socket.ts";
import { SECRET, token } from "../../support/tokens.ts";
import { closed, live, serviceRooms } from "../service-rooms.ts";

const rooms = serviceRooms({ AUTH_SECRET: SECRET });

describe("fetchRefusal", () => {
  test("closes the room for good with the reason of a refused upgrade", async () => {
    expect(await closed(rooms.join("a/b"))).toMatchObject({ code: "invalid_room" });
    expect(await closed(rooms.join(".."))).toMatchObject({ code: "not_found" });
    expect(await closed(rooms.join("lobby", { token: "short" }))).toMatchObject({ code: "invalid_token" });
    expect(await closed(rooms.join("lobby", { name: "n".repeat(65) }))).toMatchObject({
      code: "invalid_name",
    });
    expect(await closed(rooms.join("lobby", { history: 1.5 }))).toMatchObject({ code: "invalid_query" });
  });

  test("[ACC-1] closes the room of a banned member, and of a token for another room", async () => {
    const url = `http://${rooms.host}/v1/rooms`;
    const admin = token({ sub: "root", can: ["admin"] });
    const room = rooms.join("strict", { token: "a-guest-key-of-its-own" });
    await live(room);
    const member = room.state.status === "live" ? room.state.welcome.member : "";
    const headers = { authorization: `Bearer ${admin}` };
    const kick = await fetch(`${url}/strict/members/${member}?ban=60`, { method: "DELETE", headers });
    expect(await kick.json()).toEqual({ kicked: 1 });
    expect(await closed(room)).toMatchObject({ code: "kicked" });
    const back = rooms.join("strict", { token: "a-guest-key-of-its-own" });
    expect(await closed(back)).toMatchObject({ code: "banned" });

    const other = token({ sub: "ada", rooms: ["elsewhere"], can: ["read"] });
    expect(await closed(rooms.join("strict", { token: other }))).toMatchObject({ code: "forbidden" });
  });

  test("ignores the answer to a client that may publish but not read", async () => {
    const sensor = token({ sub: "sensor", can: ["publish"] });
    rooms.network.unplug();
    const room = rooms.join("sensors", { token: sensor });
    await eventually(() => room.state.status === "waiting");
    const url = roomUrl("sensors", { host: rooms.service.url }, {});
    expect(await fetchRefusal(url, sensor)).toBeUndefined();
    rooms.network.plug();
    await live(room);
    expect(await room.publish(21.5)).toMatchObject({ seq: 1 });
  });

  test("[ACC-30] [RES-2] tells why the last attempt failed while it waits", async () => {
    rooms.network.unplug();
    const room = rooms.join("why");
    await eventually(() => room.state.status === "waiting");
    expect(room.state).toMatchObject({ code: "1006" });
    rooms.network.plug();
    await live(room);

    const small = await startService({ ROOM_SOCKETS: "1" });
    try {
      const host = small.url;
      await live(rooms.join("narrow", { host }));
      const second = rooms.join("narrow", { host });
      await eventually(() => second.state.status === "waiting");
      expect(second.state).toMatchObject({
        code: "room_full",
        reason: expect.stringContaining("1 open sockets"),
      });
    } finally {
      rooms.leaveAll();
      await small.stop();
    }
  });
});
