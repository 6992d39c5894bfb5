import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { shardName } from "../../src/directory/shards.ts";
import { sign } from "../auth/tokens.ts";
import { report, shardWith } from "../directory/shard.ts";
import { freshRoom } from "../room/room-client.ts";
import { deployment, ownEnv } from "../server/deployment.ts";
import { waitFor } from "../support/wait-for.ts";
import { call, callWith, posted, problemOf, UPGRADE } from "./call.ts";

const operator = async (claims: object = {}) => ({
  headers: { authorization: `Bearer ${await sign({ sub: "operator", can: ["admin"], ...claims })}` },
});

describe("GET /v1/rooms", () => {
  test("[API-46] [DIR-1] lists rooms that were used, with what they reported", async () => {
    const room = freshRoom();
    const listed = { ROOMS: ownEnv.LISTED };
    for (const id of ["a", "b"])
      await callWith(listed, `/v1/rooms/${room}/messages`, posted({ data: id }, id));
    const before = Date.now();
    await waitFor(
      async () => {
        const page = await (await call(`/v1/rooms?prefix=${room}`, await operator())).json();
        expect(page).toEqual({
          rooms: [{ room, members: 0, seq: 2, activeAt: expect.any(Number), sockets: 0, rate: 2 }],
          more: false,
        });
        const [{ activeAt }] = (page as { rooms: [{ activeAt: number }] }).rooms;
        expect(Math.abs(before - activeAt)).toBeLessThan(10_000);
      },
      { interval: 200 },
    );
    await callWith(listed, `/v1/rooms/${room}`, { method: "DELETE", ...(await operator()) });
    await waitFor(
      async () => {
        await runDurableObjectAlarm(ownEnv.LISTED.getByName(room));
        const page = await (await call(`/v1/rooms?prefix=${room}`, await operator())).json();
        expect(page).toEqual({ rooms: [], more: false });
      },
      { interval: 200 },
    );
  });

  test("[API-46] gives pages by prefix, after a room, up to a limit", async () => {
    const prefix = freshRoom();
    for (const name of ["a", "b", "c"]) await report(prefix + name);
    const page = async (query: string) => {
      const answer = await call(`/v1/rooms?prefix=${prefix}${query}`, await operator());
      const { rooms, more } = (await answer.json()) as { rooms: { room: string }[]; more: boolean };
      return [rooms.map(({ room }) => room.slice(prefix.length)).join(""), more];
    };
    expect(await page("&limit=2")).toEqual(["ab", true]);
    expect(await page(`&limit=2&after=${prefix}b`)).toEqual(["c", false]);
    expect(await page("&limit=3")).toEqual(["abc", false]);
    expect(await page("&limit=1000")).toEqual(["abc", false]);
  });

  test("[API-46] requires admin in all rooms", async () => {
    const refused = async (claims: object) =>
      await problemOf(await call("/v1/rooms", await operator(claims)));
    expect(await refused({ can: ["read", "moderate"] })).toMatchObject({ code: "forbidden", needs: "admin" });
    // None of these is a claim to all rooms.
    for (const rooms of [["lobby"], ["lobby*"], ["**"], ["*a"], []])
      expect(await refused({ rooms })).toMatchObject({ status: 403, code: "forbidden" });
    expect(await problemOf(await call("/v1/rooms"))).toMatchObject({ code: "forbidden", needs: "admin" });
    const required = await callWith({ AUTH_MODE: "token" }, "/v1/rooms");
    expect(await problemOf(required)).toMatchObject({ status: 401, code: "invalid_token" });
  });

  test.each([
    ["limit=0", "invalid_query"],
    ["limit=1001", "invalid_query"],
    ["limit=-1", "invalid_query"],
    ["limit=1e3", "invalid_query"],
    [`prefix=${"x".repeat(129)}`, "invalid_query"],
    [`after=${"%C3%A9".repeat(129)}`, "invalid_query"],
  ])("[API-46] refuses ?%s", async (query, code) => {
    expect((await problemOf(await call(`/v1/rooms?${query}`, await operator()))).code).toBe(code);
  });

  test.each(["%00", "%FF", "'%20OR%201=1", "%25", "%F4%8F%BF%BF", "..%2F", "%ED%A0%80"])(
    "[API-46] answers to ?prefix=%s and ?after=%s",
    async (text) => {
      const answers = [
        await call(`/v1/rooms?prefix=${text}`, await operator()),
        await call(`/v1/rooms?limit=1&after=${text}`, await operator()),
      ];
      for (const answer of answers)
        expect([answer.status, typeof (await answer.json())]).toEqual([200, "object"]);
    },
  );

  test("[API-46] answers no_directory without the binding, and nothing else changes", async () => {
    const without = { DIRECTORY: undefined };
    const problem = await problemOf(await callWith(without, "/v1/rooms", await operator()));
    expect(problem).toMatchObject({ status: 501, code: "no_directory" });
    const room = freshRoom();
    expect((await callWith(without, `/v1/rooms/${room}/messages`, posted({ data: 1 }))).status).toBe(201);
  });

  test("[DIR-2] [DIR-5] answers unavailable where a shard is lost, and nothing else changes", async () => {
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const lost = {
      getByName: (name: string) =>
        name === shardName(0)
          ? { listRooms: () => Promise.reject(new Error("lost")) }
          : env.DIRECTORY.getByName(name),
    };
    const answer = await callWith({ DIRECTORY: lost }, "/v1/rooms", await operator());
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await problemOf(answer)).toMatchObject({ status: 503, code: "unavailable" });
    const room = freshRoom();
    const published = await callWith({ DIRECTORY: lost }, `/v1/rooms/${room}/messages`, posted({ data: 1 }));
    expect(published.status).toBe(201);
    errors.mockRestore();
  });

  test("[DIR-2] lists each of many rooms that begin at once", async () => {
    const prefix = freshRoom();
    const names = Array.from({ length: 200 }, (_, i) => `${prefix}-${i + 100}`);
    const listed = { ROOMS: ownEnv.LISTED };
    const { headers } = await operator({ can: ["publish", "admin"] });
    const posts = [names.slice(0, 100), names.slice(100)].map((rooms) =>
      callWith(listed, "/v1/messages", posted({ rooms, data: "hello" }, undefined, headers)),
    );
    for (const { status } of await Promise.all(posts)) expect(status).toBe(201);
    await waitFor(
      async () => {
        const answer = await call(`/v1/rooms?prefix=${prefix}&limit=1000`, { headers });
        const { rooms } = (await answer.json()) as { rooms: { room: string; seq: number }[] };
        expect(rooms.map(({ room, seq }) => [room, seq])).toEqual(names.map((name) => [name, 1]));
      },
      { interval: 250 },
    );
  });

  test("[API-46] is charged as a read", async () => {
    const caller = `member ${crypto.randomUUID()}`;
    const shard = shardWith("a");
    const asked = await Promise.all(
      Array.from({ length: 260 }, () => shard.listRooms({ prefix: "none", after: "", limit: 1, caller })),
    );
    const refused = asked.filter((answer) => "refusal" in answer);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) expect(answer).toMatchObject({ refusal: { code: "rate_limited" } });
  });

  test("[API-46] is no address for a socket", async () => {
    const answer = await call("/v1/rooms", { headers: UPGRADE });
    expect(await problemOf(answer)).toMatchObject({ status: 400, code: "invalid_room" });
    expect((await call("/v1/rooms", { method: "POST" })).status).toBe(405);
  });

  test("[DIR-5] corrects a room whose last report was lost", async () => {
    const room = freshRoom();
    const stub = ownEnv.LISTED.getByName(room);
    const object = `${ownEnv.LISTED.idFromName(room)}`;
    await stub.publish("kept");
    const old = Date.now() - 2 * 3_600_000;
    const activity = { members: 3, sockets: 3, seq: 0, rate: 0, activeAt: old, until: Date.now() + 60_000 };
    await report(room, { object, at: old, activity });
    const list = async () => {
      const answer = await call(`/v1/rooms?prefix=${room}`, await operator());
      return ((await answer.json()) as { rooms: object[] }).rooms;
    };
    expect(await list()).toMatchObject([{ room, members: 3, stale: true }]);
    await waitFor(async () => {
      const [listed] = await list();
      expect(listed).toMatchObject({ room, members: 0, seq: 1 });
      expect(listed).not.toHaveProperty("stale");
    });
  });
});

describe("dormouse.rooms", () => {
  test("[API-54] lists the rooms of its own deployment", async () => {
    const own = deployment({ binding: (each) => each.LISTED });
    const room = own.room("a");
    const of = (object: string) => ({ object });
    await report(room, of(`${ownEnv.LISTED.idFromName(room)}`));
    await report(room, of(`${ownEnv.OTHER.idFromName(room)}`));
    await report(`${room}-other`, of(`${ownEnv.OTHER.idFromName(`${room}-other`)}`));
    const page = await own.dormouse.rooms(own.env, { prefix: room });
    expect(page).toMatchObject({ rooms: [{ room, members: 1, seq: 7 }], more: false });
    for (const query of [{ limit: 0 }, { limit: 1001 }, { prefix: "x".repeat(129) }, { after: 1 as never }])
      await expect(own.dormouse.rooms(own.env, query)).rejects.toMatchObject({ code: "invalid_query" });
    const without = deployment({}, { DIRECTORY: undefined });
    await expect(without.dormouse.rooms(without.env)).rejects.toMatchObject({ code: "no_directory" });
  });

  test("[API-54] is for operators whom the deployment's own sign-in admits", async () => {
    const authenticate = () => ({ member: "ada", can: ["admin" as const] });
    const closed = deployment({ authenticate });
    expect(await problemOf(await closed.call("/v1/rooms"))).toMatchObject({ status: 403, needs: "admin" });
    const open = deployment({
      authenticate,
      authenticateOperator: (request) =>
        request.headers.get("x-operator") === "yes" ? { member: "op", can: ["admin"] } : null,
    });
    expect((await open.call("/v1/rooms")).status).toBe(401);
    expect((await open.call("/v1/rooms", { headers: { "x-operator": "yes" } })).status).toBe(200);
  });
});
