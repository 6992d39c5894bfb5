import { abortAllDurableObjects } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { sign } from "../../auth/tokens.ts";
import { infoOf } from "../inside.ts";
import { freshRoom, join, RoomClient, upgrade } from "../room-client.ts";

afterEach(() => void vi.restoreAllMocks());

const remove = async (room: string, member: string, query = "", can = ["admin"]) =>
  exports.default.fetch(
    `https://dormouse.test/v1/rooms/${room}/members/${encodeURIComponent(member)}${query}`,
    {
      method: "DELETE",
      headers: { authorization: `Bearer ${await sign({ sub: "moderator", can })}` },
    },
  );

describe("Bans", () => {
  test("[ACC-7] closes all sockets of a kicked member, and no others", async () => {
    const room = freshRoom();
    const key = "the-key-of-mallory";
    const mallory = await join(room, "", key);
    const second = await join(room, "", key);
    const ada = await join(room);
    const answer = await remove(room, mallory.welcome.member);
    expect([answer.status, await answer.json()]).toEqual([200, { kicked: 2 }]);
    for (const socket of [mallory, second]) {
      expect(await socket.frame("bye")).toMatchObject({ code: "kicked", retry: "never" });
      expect(await socket.closed()).toMatchObject({ closed: 4001 });
    }
    await ada.expectQuiet();
    expect(await infoOf(room)).toMatchObject({ count: 1 });
    expect((await remove(room, mallory.welcome.member)).status).toBe(404);
    // A kick is not a ban.
    await join(room, "", key);
  });

  test("[ACC-7] refuses the upgrade of a banned member until the ban ends, also after a crash", async () => {
    const room = freshRoom();
    const token = await sign({ sub: "mallory/大" });
    await join(room, "", token);
    expect(await (await remove(room, "mallory/大", "?ban=60")).json()).toEqual({ kicked: 1 });
    await abortAllDurableObjects();
    const refused = await upgrade(room, `?token=${token}`);
    expect(refused.status).toBe(403);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
    expect(await refused.json()).toMatchObject({ code: "banned" });
    // Others may join, and so may the same member in another room.
    await RoomClient.plain(room, `?token=${await sign({ sub: "ada" })}`);
    await join(freshRoom(), "", token);
    const now = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(now + 61_000);
    await join(room, "", token);
  });

  test("[ACC-7] ends a ban with one of 0 seconds", async () => {
    const room = freshRoom();
    const token = await sign({ sub: "mallory" });
    await remove(room, "mallory", "?ban=3600");
    expect((await upgrade(room, `?token=${token}`)).status).toBe(403);
    const answer = await remove(room, "mallory", "?ban=0");
    expect([answer.status, await answer.json()]).toEqual([200, { kicked: 0 }]);
    await join(room, "", token);
    expect((await remove(room, "nobody", "?ban=0")).status).toBe(404);
  });

  test("[ACC-7] needs the capability admin, and a duration within its bounds", async () => {
    const room = freshRoom();
    for (const can of [["read"], ["publish"], ["signal"], ["presence"]]) {
      const answer = await remove(room, "x", "", can);
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: "forbidden" }]);
    }
    const guest = await exports.default.fetch(`https://dormouse.test/v1/rooms/${room}/members/x`, {
      method: "DELETE",
    });
    expect(guest.status).toBe(403);
    for (const query of ["?ban=-1", "?ban=x", "?ban=31536001"])
      expect((await remove(room, "x", query)).status).toBe(400);
    expect((await remove(room, "x", "?ban=31536000")).status).toBe(200);
  });
});
