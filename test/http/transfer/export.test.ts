import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { sign } from "../../auth/tokens.ts";
import { infoOf } from "../../room/inside.ts";
import { freshRoom } from "../../room/room-client.ts";
import { call, callWith, posted, problemOf } from "../call.ts";
import { admin, exported, handleOf, linesOf, operate, publish } from "./transfer.ts";

describe("GET /v1/rooms/{room}/export", () => {
  test("[API-47] gives each message in its current form, between a header and an end", async () => {
    const room = freshRoom();
    for (const text of ["one", "two", "three"]) await publish(room, "ada", text, text);
    await operate("ada", `/v1/rooms/${room}/messages/1`, { ...posted({ data: "1" }), method: "PATCH" });
    await operate("ada", `/v1/rooms/${room}/messages/2`, { method: "DELETE" });
    await operate("bob", `/v1/rooms/${room}/messages/3/reactions/%F0%9F%91%8D`, { method: "PUT" });
    const bytes = { method: "POST", headers: { "content-type": "application/octet-stream" }, body: "hi" };
    await operate("ada", `/v1/rooms/${room}/messages`, bytes);
    const { epoch } = await infoOf(room);
    const base = { at: expect.any(Number), from: "ada", name: "Name of ada" };
    expect(await exported(room)).toEqual([
      { room, epoch, seq: 7, floor: 0 },
      { seq: 1, ...base, id: "one", data: "1", edited: expect.any(Number), version: 4 },
      { seq: 2, ...base, id: "two", deleted: true, version: 5 },
      {
        seq: 3,
        ...base,
        id: "three",
        data: "three",
        reactions: { "👍": { count: 1, members: ["bob"] } },
        version: 6,
      },
      { seq: 7, ...base, name: "ada", id: expect.any(String), binary: "aGk=" },
      { end: true, seq: 7 },
    ]);
  });

  test("[API-47] is continued after a seq, and streams many pages", async () => {
    const room = freshRoom();
    await handleOf(room).publishMany(Array.from({ length: 900 }, (_, i) => ({ data: i })));
    await handleOf(room).publishMany(Array.from({ length: 900 }, (_, i) => ({ data: i + 900 })));
    const whole = await exported(room);
    expect(whole.slice(1, -1).map(({ data }) => data)).toEqual(Array.from({ length: 1800 }, (_, i) => i));
    const [header, ...rest] = await exported(room, "?after=1500");
    expect(header).toMatchObject({ room, after: 1500, seq: 1800 });
    expect(rest).toEqual(whole.slice(1501));
    expect(await exported(room, "?after=1800")).toMatchObject([{ seq: 1800 }, { end: true, seq: 1800 }]);
    expect(await exported(room, "?after=999999")).toMatchObject([{ seq: 1800 }, { end: true, seq: 999_999 }]);
  });

  test("[API-47] lists all members of a reaction", async () => {
    const room = freshRoom();
    const stub = env.ROOMS.getByName(room);
    const { seq } = await stub.publish("popular");
    const members = Array.from({ length: 30 }, (_, i) => `member-${i}`);
    for (const from of members) await stub.react(seq, "+", { from });
    const [, message] = await exported(room);
    const { "+": reaction } = Object(message?.reactions) as Record<
      string,
      { count: number; members: string[] }
    >;
    expect([reaction?.count, reaction?.members.toSorted()]).toEqual([30, members.toSorted()]);
  });

  test("[API-48] ends with an error, and no end line, where the room is erased meanwhile", async () => {
    const room = freshRoom();
    const stub = env.ROOMS.getByName(room);
    const big = "x".repeat(200_000);
    for (let i = 0; i < 30; i++) await stub.publish(big);
    const answer = await call(`/v1/rooms/${room}/export`, await admin());
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let text = decoder.decode((await reader.read()).value, { stream: true });
    await stub.erase();
    await stub.publish("after");
    for (let read = await reader.read(); !read.done; read = await reader.read())
      text += decoder.decode(read.value, { stream: true });
    const lines = linesOf(text);
    expect(lines.at(-1)).toEqual({ error: "epoch_changed", detail: expect.any(String) });
    expect(lines.some((line) => "end" in line || line.data === "after")).toBe(false);
    expect(lines.length).toBeLessThan(32);
  });

  test("[API-47] requires admin, is charged, and stores nothing in a room that was never written", async () => {
    const room = freshRoom();
    const headers = { authorization: `Bearer ${await sign({ can: ["read", "moderate"] })}` };
    expect(await problemOf(await call(`/v1/rooms/${room}/export`, { headers }))).toMatchObject({
      needs: "admin",
    });
    expect(await exported(room)).toMatchObject([
      { room, seq: 0, floor: 0 },
      { end: true, seq: 0 },
    ]);
    expect((await call(`/v1/rooms/${room}/export?after=x`, await admin())).status).toBe(400);
    const head = await call(`/v1/rooms/${room}/export`, await admin({ method: "HEAD" }));
    expect([head.status, head.headers.get("content-type")]).toEqual([200, "application/x-ndjson"]);
    const statuses = await Promise.all(
      Array.from(
        { length: 260 },
        async () => (await callWith({}, `/v1/rooms/${room}/export`, await admin())).status,
      ),
    );
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  });
});
