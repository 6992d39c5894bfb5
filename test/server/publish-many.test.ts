import { describe, expect, test } from "vitest";
import type { Identity, SettingOverrides } from "../../src/server/index.ts";
import { sign } from "../auth/tokens.ts";
import { posted, problemOf } from "../http/call.ts";
import { deployment, type OwnEnv } from "./deployment.ts";

/** Settings of the rooms whose name ends so. */
const byEnd = (ends: Record<string, SettingOverrides>) => (_env: OwnEnv, room: string) =>
  Object.entries(ends).find(([end]) => room.endsWith(end))?.[1] ?? {};

describe("POST /v1/messages to rooms with settings of their own", () => {
  test("[ACC-20] refuses a guest where one of the rooms needs a token", async () => {
    const { call, room } = deployment({ settings: byEnd({ private: { authMode: "token" } }) });
    const rooms = [room("open"), room("private")];
    const guest = await call("/v1/messages", posted({ rooms, data: 1 }));
    expect([guest.status, (await problemOf(guest)).code]).toEqual([401, "invalid_token"]);
    const headers = { authorization: `Bearer ${await sign()}` };
    expect((await call("/v1/messages", posted({ rooms, data: 1 }, undefined, headers))).status).toBe(201);
    expect((await call("/v1/messages", posted({ rooms: [room("open")], data: 1 }))).status).toBe(201);
  });

  test("[ACC-20] refuses a token by a key that one of the rooms does not accept", async () => {
    const secret = "a secret that only one room of the tests has";
    const { call, room } = deployment({
      settings: byEnd({ own: { authSecret: secret }, issuer: { authIssuer: "https://issuer.test" } }),
    });
    const headers = { authorization: `Bearer ${await sign()}` };
    for (const end of ["own", "issuer"]) {
      const rooms = [room("open"), room(end)];
      const refused = await call("/v1/messages", posted({ rooms, data: 1 }, undefined, headers));
      expect([refused.status, (await problemOf(refused)).code]).toEqual([401, "invalid_token"]);
    }
    const own = { authorization: `Bearer ${await sign({}, secret)}` };
    const sent = posted({ rooms: [room("own")], data: 1 }, undefined, own);
    expect((await call("/v1/messages", sent)).status).toBe(201);
  });

  test("[ACC-20] [LIM-2] refuses a message that is too big for one of the rooms", async () => {
    const { call, room } = deployment({ settings: byEnd({ small: { messageBytes: 100 } }) });
    const sent = (length: number, ...ends: string[]) =>
      call("/v1/messages", posted({ rooms: ends.map(room), data: "x".repeat(length) }));
    const refused = await sent(101, "open", "small");
    expect([refused.status, (await problemOf(refused)).code]).toEqual([413, "too_big"]);
    expect((await sent(100, "open", "small")).status).toBe(201);
    expect((await sent(101, "open")).status).toBe(201);
  });

  test("[ACC-20] acts in each room as authenticate says of that room", async () => {
    const asked: string[] = [];
    const identities: Record<string, Identity> = {
      a: { member: "ada", name: "Boss", can: ["admin", "publish", "read"], claims: { boss: true } },
      b: { member: "ada", name: "Ada", can: ["publish", "read"] },
      c: { member: "ada", can: ["read"] },
    };
    const { call, room } = deployment({
      authenticate: (_request, _env, name) => {
        asked.push(name);
        return identities[name.at(-1) ?? ""] ?? null;
      },
    });
    // A header of the deployment's own, which is no token.
    const headers = { authorization: "Basic YWRhOnNlY3JldA==" };
    const publish = (...ends: string[]) =>
      call("/v1/messages", posted({ rooms: ends.map(room), data: 1 }, undefined, headers));
    expect((await publish("a", "b")).status).toBe(201);
    for (const [end, name] of [
      ["a", "Boss"],
      ["b", "Ada"],
    ] as const) {
      const page = await call(`/v1/rooms/${room(end)}/messages`);
      expect(await page.json()).toMatchObject({ messages: [{ from: "ada", name }] });
    }
    expect((await publish("a", "c")).status).toBe(403);
    asked.length = 0;
    expect((await publish("nobody", "a", "b")).status).toBe(401);
    expect(asked).toEqual([room("nobody")]);
  });
});
