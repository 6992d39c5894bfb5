import { describe, expect, test, vi } from "vitest";
import { createDormouse, reject, type SettingOverrides } from "../../src/server/index.ts";
import { posted, problemOf, UPGRADE } from "../http/call.ts";
import { freshRoom } from "../room/room-client.ts";
import { type Deployment, deployment, type OwnEnv, ownEnv } from "./deployment.ts";

/** Whether a room itself, not only the Worker, takes a message of so many bytes. */
async function takes(bytes: number, { dormouse, env }: Deployment, room: string): Promise<boolean> {
  try {
    await dormouse.room(env, room).publish("x".repeat(bytes));
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "too_big" });
    return false;
  }
}

function fail(): never {
  throw new Error("Not my room.");
}

describe("several deployments in one Worker", () => {
  test.each<[string, () => undefined]>([
    ["has no binding", () => undefined],
    ["throws", fail],
    [
      "refuses",
      () => {
        throw reject("invalid_room", "Not my room.");
      },
    ],
  ])("[API-40] keep their own rooms where a neighbour %s for these", async (_how, rooms) => {
    createDormouse<OwnEnv>({ rooms, settings: fail });
    createDormouse<OwnEnv>({ rooms: (env) => env.OTHER, settings: fail });
    const own = deployment({ settings: () => ({ messageBytes: 100 }) });
    const room = own.room();
    expect((await own.call(`/v1/rooms/${room}/messages`, posted({ data: 1 }))).status).toBe(201);
    expect([await takes(100, own, room), await takes(101, own, room)]).toEqual([true, false]);
  });

  test("[API-40] give the same room name of two classes the settings of each", async () => {
    const name = freshRoom();
    const of = (binding: "OWN" | "OTHER", messageBytes: number) =>
      deployment({ binding: (env) => env[binding], settings: () => ({ messageBytes }) }, {}, name);
    const [own, other] = [of("OWN", 100), of("OTHER", 200)];
    expect(own.room()).toBe(other.room());
    for (const each of [own, other]) await each.dormouse.room(each.env, each.room()).publish("hello");
    expect([await takes(101, own, own.room()), await takes(101, other, other.room())]).toEqual([false, true]);
    const page = await (await other.call(`/v1/rooms/${other.room()}/messages`)).json();
    expect(page).toMatchObject({ messages: [{ seq: 1 }, { seq: 2 }] });
  });

  test("[API-40] may share a binding with the same settings, and say so where these differ", async () => {
    const name = freshRoom();
    const settings = (_env: OwnEnv, room: string): SettingOverrides =>
      room.endsWith("small") ? { messageBytes: 100, historyDays: 1 } : {};
    const first = deployment({ settings }, {}, name);
    const second = deployment({ settings: (env, room) => ({ ...settings(env, room) }) }, {}, name);
    const room = first.room("small");
    for (const each of [first, second]) expect(await takes(101, each, room)).toBe(false);
    expect((await first.call(`/v1/rooms/${room}`)).status).toBe(200);

    const third = deployment({ settings: () => ({ messageBytes: 200 }) }, {}, name);
    for (const each of [first, second, third]) {
      const refused = await each.call(`/v1/rooms/${room}`);
      expect([refused.status, await problemOf(refused)]).toEqual([
        500,
        expect.objectContaining({ code: "misconfigured", detail: expect.stringContaining(room) }),
      ]);
    }
  });
});

describe("rooms(env, room)", () => {
  test("[API-40] [LIM-4] that gives no binding has no such room: a sentence for clients, and one for the owner", async () => {
    const warned = vi.spyOn(console, "error").mockImplementation(() => {});
    const { call, room, dormouse, env } = deployment({ binding: () => undefined });
    for (const init of [{}, { headers: UPGRADE }]) {
      const refused = await call(`/v1/rooms/${room()}`, init);
      expect([refused.status, await problemOf(refused)]).toEqual([
        404,
        expect.objectContaining({ code: "not_found", detail: expect.stringMatching(/^There is no room /) }),
      ]);
    }
    expect(warned.mock.calls).toEqual([[expect.stringContaining("no binding")]]);
    expect(() => dormouse.room(env, room())).toThrow("no binding");
    vi.restoreAllMocks();
  });

  test.each<[string, Parameters<typeof deployment>[0]]>([
    ["rooms that throws", { binding: () => fail() }],
    ["rooms that returns something else", { binding: (async () => ownEnv.OWN) as never }],
    ["settings that throws", { settings: () => fail() }],
    ["settings that returns a promise", { settings: (async () => ({})) as never }],
    ["settings that returns a text", { settings: () => "historyDays=7" as never }],
  ])("[API-40] [LIM-4] answers hook_failed for %s, and logs the error", async (_what, options) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { call, room } = deployment(options);
    const refused = await call(`/v1/rooms/${room()}`);
    expect([refused.status, (await problemOf(refused)).code]).toEqual([500, "hook_failed"]);
    expect(logged).toHaveBeenCalledWith(expect.stringContaining(room()));
    vi.restoreAllMocks();
  });

  test("[API-40] settings that returns nothing changes nothing, also with a sign-in of one's own", async () => {
    const authenticate = () => ({ member: "ada", can: ["read" as const] });
    const { call, room } = deployment({ settings: () => undefined, authenticate }, {}, undefined, [
      "ALLOWED_ORIGINS",
    ]);
    expect((await call(`/v1/rooms/${room()}`)).status).toBe(200);
  });

  test("[API-40] may refuse a room name with a code", async () => {
    const { call, room } = deployment({
      binding: (env, name) => {
        if (name !== "known") throw reject("invalid_room", "There is no such room.");
        return env.OWN;
      },
    });
    expect((await call(`/v1/rooms/${room("known")}`)).status).toBe(200);
    const refused = await call(`/v1/rooms/${room("unknown")}`);
    expect([refused.status, await problemOf(refused)]).toEqual([
      400,
      expect.objectContaining({ code: "invalid_room", detail: "There is no such room." }),
    ]);
  });
});
