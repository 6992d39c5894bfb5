import { abortAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { sign } from "../auth/tokens.ts";
import { infoOf, inside, publishFrame, socketOf } from "../room/inside.ts";
import { freshRoom, join, RoomClient, upgrade } from "../room/room-client.ts";
import { call, posted, problemOf } from "./call.ts";

const erase = async (room: string, can = ["admin"]) =>
  call(`/v1/rooms/${room}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${await sign({ sub: "moderator", can })}` },
  });

const post = async (room: string, id: string) =>
  (await call(`/v1/rooms/${room}/messages`, posted({ data: id }, id))).json();

describe("DELETE /v1/rooms/{room}", () => {
  test("[API-8] empties the room, starts another epoch and closes every socket with 4010", async () => {
    const room = freshRoom();
    const [ada, plain] = [await join(room), await RoomClient.plain(room)];
    ada.publish("a", "secret");
    await ada.message();
    await plain.next();
    const answer = await erase(room);
    expect(answer.status).toBe(200);
    const erased = await answer.json();
    expect(erased).toEqual({ epoch: expect.not.stringContaining(ada.welcome.epoch), closed: 2 });
    expect(await ada.frame("bye")).toEqual({ type: "bye", code: "erased", retry: "now", after: 0 });
    for (const socket of [ada, plain]) expect(await socket.closed()).toMatchObject({ closed: 4010 });
    const { epoch } = await infoOf(room);
    expect(erased).toMatchObject({ epoch });
    expect(await infoOf(room)).toMatchObject({ epoch, seq: 0, floor: 0 });
    expect(await (await call(`/v1/rooms/${room}/messages`)).json()).toEqual({
      epoch,
      messages: [],
      more: false,
    });
    const back = await join(room, `?cursor=${ada.welcome.epoch}.1`);
    expect(back.welcome).toMatchObject({ epoch, seq: 0, resumed: false, reason: "epoch" });
  });

  test("[API-8] restarts at seq 1, forgets ids, and survives a crash", async () => {
    const room = freshRoom();
    for (const id of ["a", "b", "c"]) await post(room, id);
    await erase(room);
    expect(await post(room, "b")).toMatchObject({ messages: [{ id: "b", seq: 1, dup: false }] });
    const { epoch } = await infoOf(room);
    await abortAllDurableObjects();
    expect(await infoOf(room)).toMatchObject({ epoch, seq: 1, floor: 0 });
    expect(await post(room, "b")).toMatchObject({ messages: [{ seq: 1, dup: true }] });
  });

  test("[API-8] acknowledges pending messages, and erases them with the rest", async () => {
    const room = freshRoom();
    const ada = await join(room);
    await inside(room, ({ room: instance, state }) => {
      const socket = socketOf(state, ada.welcome.member);
      const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now());
      for (const id of ["1", "2", "3"]) instance.webSocketMessage(socket, publishFrame(id, id));
      expect(instance.info().seq).toBe(1);
      instance.erase();
      clock.mockRestore();
    });
    expect((await ada.messages(3)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await ada.frame("bye")).toMatchObject({ code: "erased" });
    expect(await infoOf(room)).toMatchObject({ seq: 0 });
  });

  test("[API-8] ends a replay in progress", async () => {
    const room = freshRoom();
    const messages = Array.from({ length: 100 }, () => ({ data: "x".repeat(2000) }));
    for (let i = 0; i < 5; i++) await call(`/v1/rooms/${room}/messages`, posted({ messages }));
    const ada = await join(room, "?history=500");
    await erase(room);
    for (let closed = false; !closed; ) closed = "closed" in (await ada.next());
    await post(room, "after");
    const bob = await join(room, "?history=10");
    expect(await bob.message()).toMatchObject({ seq: 1, id: "after" });
  });

  test("[API-8] leaves new messages alone when the old retention alarm runs", async () => {
    const room = freshRoom();
    await post(room, "before");
    await erase(room);
    await post(room, "after");
    await runDurableObjectAlarm(env.ROOMS.getByName(room));
    expect(await infoOf(room)).toMatchObject({ seq: 1, floor: 0 });
    const alarm = await inside(room, ({ state }) => state.storage.getAlarm());
    expect(alarm).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  });

  test("[API-8] keeps bans, and requires admin", async () => {
    const room = freshRoom();
    const headers = { authorization: `Bearer ${await sign({ sub: "moderator", can: ["admin"] })}` };
    await call(`/v1/rooms/${room}/members/mallory?ban=60`, { method: "DELETE", headers });
    await erase(room);
    const token = await sign({ sub: "mallory" });
    expect((await upgrade(room, `?token=${token}`)).status).toBe(403);
    await post(room, "kept");
    for (const can of [["read"], ["publish"], ["read", "publish", "signal", "presence"]]) {
      const refused = await erase(room, can);
      expect([refused.status, (await problemOf(refused)).code]).toEqual([403, "forbidden"]);
    }
    const guest = await call(`/v1/rooms/${room}`, { method: "DELETE" });
    expect(guest.status).toBe(403);
    expect(await infoOf(room)).toMatchObject({ seq: 1 });
  });
});

describe("a banned member", () => {
  test("[ACC-7] refuses its reads, publishes and streams", async () => {
    const room = freshRoom();
    const admin = { authorization: `Bearer ${await sign({ sub: "moderator", can: ["admin"] })}` };
    await call(`/v1/rooms/${room}/members/mallory?ban=60`, { method: "DELETE", headers: admin });
    const headers = { authorization: `Bearer ${await sign({ sub: "mallory" })}` };
    const path = `/v1/rooms/${room}`;
    const refused = [
      await call(`${path}/messages`, { headers }),
      await call(`${path}/messages`, posted({ data: 1 }, undefined, headers)),
      await call(`${path}/events`, { headers }),
    ];
    for (const response of refused) {
      expect(response.status).toBe(403);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(50);
      expect((await problemOf(response)).code).toBe("banned");
    }
    expect((await call(`${path}/events`, { method: "HEAD", headers })).status).toBe(403);
  });
});
