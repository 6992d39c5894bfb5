import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DormouseEntrypoint } from "../../src/server/index.ts";
import { posted } from "../http/call.ts";
import { waitFor } from "../support/wait-for.ts";
import { deployment, type OwnEnv } from "./deployment.ts";

afterEach(() => void vi.restoreAllMocks());

/** Rooms of two classes: those of `checked…` change each message. */
const byName = (env: OwnEnv, room: string) => (room.startsWith("checked") ? env.COMPOSED : env.OWN);
const CHECKED = { given: 1, isAdmin: false, claims: {} };

describe("rooms of several classes in one deployment", () => {
  test("[API-43] have each the hooks of its class, over HTTP and over sockets", async () => {
    const { call, join, room } = deployment({ binding: byName });
    for (const [name, data] of [
      ["plain", 1],
      ["checked", CHECKED],
    ] as const) {
      const ada = await join(room(name));
      expect((await call(`/v1/rooms/${room(name)}/messages`, posted({ data: 1 }))).status).toBe(201);
      expect(await ada.message()).toMatchObject({ seq: 1, data });
      ada.publish("b", 1);
      expect(await ada.message()).toMatchObject({ seq: 2, data });
    }
    const rooms = [room("plain-2"), room("checked-2")];
    expect((await call("/v1/messages", posted({ rooms, data: 1 }))).status).toBe(201);
    for (const [i, data] of [1, CHECKED].entries()) {
      const page = await call(`/v1/rooms/${rooms[i]}/messages`);
      expect(await page.json()).toMatchObject({ messages: [{ data }] });
    }
  });

  test("[API-43] are reached from code by their names", async () => {
    const { dormouse, env, room } = deployment({ binding: byName });
    for (const name of ["plain", "checked"]) {
      await dormouse.room(env, room(name)).publish(name);
      const found = await env[name === "plain" ? "OWN" : "COMPOSED"]
        .getByName(room(name))
        .dormouseCall("owner.info", []);
      expect(found).toMatchObject({ value: { seq: 1 } });
    }
    expect(dormouse.Entrypoint.prototype).toBeInstanceOf(DormouseEntrypoint);
  });

  test("[API-43] have jurisdictions of their own, where the platform has them", async () => {
    const placed: string[] = [];
    const { call, room } = deployment({
      binding: (env, name) => ({
        idFromName: (id) => env.OWN.idFromName(id),
        getByName: (id, options) => {
          placed.push(`${name} ${options?.locationHint}`);
          return env.OWN.getByName(id, options);
        },
        jurisdiction: (jurisdiction) => {
          placed.push(`${name} in ${jurisdiction}`);
          return env.OWN;
        },
      }),
      settings: (_env, name) => (name.endsWith("eu") ? { jurisdiction: "eu" } : { locationHint: "apac" }),
    });
    for (const name of ["eu", "far"]) expect((await call(`/v1/rooms/${room(name)}`)).status).toBe(200);
    expect(placed).toEqual(["eu in eu", "far apac"]);
  });
});

describe("a Durable Object class with dormouseRoom", () => {
  test("[API-43] [HOOK-30] has a room and methods of its own", async () => {
    const { call, join, room, env } = deployment({ binding: (own) => own.COMPOSED });
    const ada = await join(room());
    ada.publish("a", 1);
    expect(await ada.message()).toMatchObject({ seq: 1, id: "a", data: CHECKED });
    expect(await env.COMPOSED.getByName(room()).announce("Hello.")).toBe(2);
    expect(await ada.message()).toMatchObject({ seq: 2, from: "server", data: { text: "Hello." } });
    expect(await (await call(`/v1/rooms/${room()}/members`)).json()).toMatchObject({ count: 1 });
    expect(await (await call(`/v1/rooms/${room()}/custom/x`)).json()).toMatchObject({ room: room() });
  });

  test("[API-43] [SLEEP-1] keeps its sockets over hibernation, and its alarm", async () => {
    const { join, room, env } = deployment({ binding: (own) => own.COMPOSED });
    const ada = await join(room());
    await evictDurableObject(env.COMPOSED.getByName(room()), { webSockets: "hibernate" });
    ada.publish("a", 1);
    expect(await ada.message()).toMatchObject({ seq: 1, data: CHECKED });
    expect(await runDurableObjectAlarm(env.COMPOSED.getByName(room()))).toBe(true);
    ada.socket.close(1000, "bye");
    expect(await ada.closed()).toMatchObject({ closed: 1000 });
    await waitFor(async () => expect(await env.COMPOSED.getByName(room()).count()).toBe(0));
  });
});
