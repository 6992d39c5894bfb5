import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { webhookStateSchema } from "../../src/protocol/operator-api.ts";
import { sign } from "../auth/tokens.ts";
import { inside, roomWith } from "../room/inside.ts";
import { freshRoom } from "../room/room-client.ts";
import { call, callNoting, posted, problemOf } from "./call.ts";

const operator = async (claims: object = {}) => ({
  headers: { authorization: `Bearer ${await sign({ sub: "operator", can: ["admin"], ...claims })}` },
});

const WEBHOOK = { WEBHOOK_URL: "https://receiver.test/hook", WEBHOOK_SECRET: "0123456789abcdef" };

describe("GET /v1/rooms/{room}/webhook", () => {
  test("[API-62] [API-63] says that there is none, of that room only, and creates nothing", async () => {
    const room = freshRoom();
    const { response, contacted } = await callNoting(`/v1/rooms/${room}/webhook`, await operator());
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const body: unknown = await response.json();
    expect(v.parse(webhookStateSchema, body)).toEqual(body);
    expect(body).toMatchObject({ set: false, state: "off", failures: 0, lastSuccess: null });
    expect(contacted).toEqual([room]);
    expect(await inside(room, ({ sql }) => sql.exec("SELECT name FROM sqlite_master").toArray())).toEqual([]);
  });

  test("[API-63] requires admin in the room, before it is contacted", async () => {
    const room = freshRoom();
    const refused = async (claims: object) => {
      const { response, contacted } = await callNoting(`/v1/rooms/${room}/webhook`, await operator(claims));
      expect(contacted).toEqual([]);
      return await problemOf(response);
    };
    expect(await refused({ can: ["read", "moderate"] })).toMatchObject({ code: "forbidden", needs: "admin" });
    expect(await refused({ rooms: ["other"] })).toMatchObject({ code: "forbidden" });
    const guest = await problemOf(await call(`/v1/rooms/${room}/webhook`));
    expect(guest).toMatchObject({ code: "forbidden", needs: "admin" });
    expect((await call(`/v1/rooms/${room}/webhook`, await operator({ rooms: [room] }))).status).toBe(200);
    expect((await call(`/v1/rooms/${room}/webhook`, { method: "DELETE" })).status).toBe(405);
  });

  test("[API-62] has what waits, and reading it changes nothing", async () => {
    const room = freshRoom();
    await call(`/v1/rooms/${room}/messages`, posted({ data: "waits" }));
    await inside(room, async ({ state }) => {
      const { webhook } = roomWith(state, WEBHOOK);
      // A webhook that is new begins after the last message.
      expect(await webhook()).toMatchObject({
        value: { set: true, state: "idle", backlog: { messages: 0 } },
      });
      const stored = () => [...state.storage.sql.exec("SELECT * FROM dormouse_outgoing_state")];
      const before = stored();
      expect(await webhook()).toEqual(await roomWith(state, WEBHOOK).webhook());
      expect(stored()).toEqual(before);
      expect(JSON.stringify(await webhook())).not.toMatch(/receiver\.test|0123456789abcdef/);
    });
  });

  test("[API-62] says that the room cannot read what it stored", async () => {
    const room = freshRoom();
    await call(`/v1/rooms/${room}/messages`, posted({ data: 1 }));
    await inside(room, async ({ state, sql }) => {
      roomWith(state, WEBHOOK);
      sql.exec("UPDATE dormouse_outgoing_state SET state = 'broken'");
      const { webhook } = roomWith(state, { ...WEBHOOK, LOG: "off" });
      expect(await webhook()).toMatchObject({ value: { set: true, state: "unreadable" } });
    });
  });

  test("[API-63] is charged as a read, also for admin", async () => {
    const room = freshRoom();
    await inside(room, async ({ state }) => {
      const { webhook } = roomWith(state, { READ_RATE: "1", READ_BURST: "2" });
      const answers = await Promise.all(Array.from({ length: 3 }, () => webhook("member operator")));
      const refusal = { refusal: { code: "rate_limited" } };
      expect(answers).toMatchObject([{ value: { set: false } }, { value: { set: false } }, refusal]);
    });
  });
});
