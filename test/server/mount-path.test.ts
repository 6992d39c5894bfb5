import { createExecutionContext } from "cloudflare:test";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { createDormouse } from "../../src/server/index.ts";
import { posted, problemOf } from "../http/call.ts";
import { ORIGIN, type OwnEnv, ownEnv } from "./deployment.ts";

/** A deployment whose rooms may have any name. */
const dormouse = createDormouse<OwnEnv>({ rooms: (env) => env.COMPOSED });
const handle = (room: string) => dormouse.room(ownEnv, room);

/** Calls an app in which it is mounted. */
function mountedAt(path: string) {
  const app = new Hono<{ Bindings: OwnEnv }>();
  app.route(path, dormouse.app);
  app.all("*", (c) => c.text("The rest of the app.", 404));
  return async (address: string, init?: RequestInit) =>
    await app.fetch(new Request(ORIGIN + address, init), ownEnv, createExecutionContext());
}

/** The path of a mount, and the beginnings of addresses that it matches. */
const MOUNTS: [mount: string, ...prefixes: string[]][] = [
  ["/", ""],
  ["/realtime", "/realtime"],
  ["/v1", "/v1"],
  ["/v1/rooms", "/v1/rooms"],
  ["/t/:room/rt", "/t/tenant1/rt", "/t/v1/rt", "/t/a%2Fb/rt"],
  ["/:member/:room", "/a/b", "/v1/x"],
  ["/at/:path{.+}/rt", "/at/a/rt", "/at/a/b/c/rt"],
];

/** Rooms whose names are parts of routes. */
const NAMES = ["x", "messages", "custom", "v1", "rooms", "members", "healthz", "a b%", "*", ":room"];

describe("an app that is mounted", () => {
  test.each(MOUNTS)(
    "[API-41] at %s takes the room from its own part of the path",
    async (mount, ...prefixes) => {
      const call = mountedAt(mount);
      for (const path of prefixes.flatMap((prefix) =>
        NAMES.map((room) => ({ room, at: `${prefix}/v1/rooms/${encodeURIComponent(room)}` })),
      )) {
        const { seq } = await handle(path.room).info();
        expect((await call(`${path.at}/messages`, posted({ data: mount }))).status).toBe(201);
        expect((await handle(path.room).info()).seq).toBe(seq + 1);
        expect(await (await call(path.at)).json()).toMatchObject({ seq: seq + 1 });
        const custom = await call(`${path.at}/custom/v1/rooms/y/custom/z`);
        expect(await custom.json()).toMatchObject({ room: path.room });
      }
    },
  );

  test("[API-41] leaves the rest of the app to it", async () => {
    const call = mountedAt("/t/:room/rt");
    expect(await (await call("/t/x/v1/rooms/x")).text()).toBe("The rest of the app.");
    const unknown = await call("/t/x/rt/v1/nothing");
    expect([unknown.status, (await problemOf(unknown)).code]).toEqual([404, "not_found"]);
    const wrong = await call("/t/x/rt/v1/rooms/x/messages", { method: "PUT" });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
  });
});
