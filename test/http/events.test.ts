import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { inSeconds, sign } from "../auth/tokens.ts";
import { infoOf } from "../room/inside.ts";
import { freshRoom, join } from "../room/room-client.ts";
import { type Event, Follower } from "../support/follower.ts";
import { waitFor } from "../support/wait-for.ts";
import { call, callWith, posted, problemOf } from "./call.ts";

async function follow(room: string, query = "", headers: Record<string, string> = {}): Promise<Follower> {
  const response = await call(`/v1/rooms/${room}/events${query}`, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  return new Follower(response);
}

/** Waits for this many events, and checks that there are no more. */
async function eventsOf(follower: Follower, count: number): Promise<Event[]> {
  await waitFor(() => expect(follower.events.length).toBeGreaterThanOrEqual(count));
  expect(follower.events.length).toBe(count);
  return follower.events;
}

const post = (room: string, ...data: unknown[]) =>
  call(`/v1/rooms/${room}/messages`, posted({ messages: data.map((each) => ({ data: each })) }));

describe("GET /v1/rooms/{room}/events", () => {
  test("[API-6] sends the position first, and then each message with a cursor as its id", async () => {
    const room = freshRoom();
    const { epoch } = await infoOf(room);
    const follower = await follow(room);
    const [position] = await eventsOf(follower, 1);
    expect(position).toEqual({
      name: "position",
      id: `${epoch}.0`,
      data: JSON.stringify({ epoch, seq: 0, resumed: false }),
    });
    const ada = await join(room, "?name=Ada");
    ada.publish("m1", { text: "a\nb\r\u2028" });
    ada.publishBytes("m2", new Uint8Array([104, 105]));
    const [, text, bytes] = await eventsOf(follower, 3);
    const from = { from: ada.welcome.member, name: "Ada" };
    expect(text).toMatchObject({ name: "message", id: `${epoch}.1` });
    expect(JSON.parse(text?.data ?? "")).toEqual({
      seq: 1,
      at: expect.any(Number),
      id: "m1",
      ...from,
      data: { text: "a\nb\r\u2028" },
    });
    expect(bytes?.id).toBe(`${epoch}.2`);
    expect(JSON.parse(bytes?.data ?? "")).toMatchObject({ seq: 2, id: "m2", binary: "aGk=" });
    expect(follower.retry).toBeGreaterThanOrEqual(1000);
    follower.cut();
  });

  test("[API-6] resumes from Last-Event-ID, else from cursor, and starts with history on request", async () => {
    const room = freshRoom();
    await post(room, "a", "b", "c", "d");
    const { epoch } = await infoOf(room);
    const header = { "last-event-id": `${epoch}.2` };
    const cases: [query: string, headers: Record<string, string>, id: string, data: unknown[]][] = [
      ["", header, `${epoch}.2`, ["c", "d"]],
      [`?cursor=${epoch}.1`, header, `${epoch}.2`, ["c", "d"]],
      [`?cursor=${epoch}.1&history=1`, {}, `${epoch}.1`, ["b", "c", "d"]],
      ["?history=2", {}, "", ["c", "d"]],
      ["", {}, `${epoch}.4`, []],
      [`?cursor=${epoch}.4`, {}, `${epoch}.4`, []],
    ];
    for (const [query, headers, id, data] of cases) {
      const follower = await follow(room, query, headers);
      const [position] = await eventsOf(follower, data.length + 1);
      expect([position?.name, position?.id]).toEqual(["position", id]);
      expect(follower.messages().map((message) => message.data)).toEqual(data);
      expect(follower.lastId).toBe(`${epoch}.4`);
      follower.cut();
    }
  });

  test("[API-6] [OPS-6] [OPS-7] sends messages in their current form first, then operations, and resumes with joined appends as one step", async () => {
    const room = freshRoom();
    const key = "ada-ada-ada-ada-ada";
    const ada = await join(room, "", key);
    ada.publish("a", "");
    ada.publish("b", "");
    await ada.messages(2);
    ada.send({ type: "publish", id: "e", op: "edit", target: 2, data: "edited" });
    await ada.message();
    const { epoch } = await infoOf(room);
    const follower = await follow(room, "?history=10");
    const [, first, second] = await eventsOf(follower, 3);
    expect(first?.id).toBe(`${epoch}.1`);
    expect(second?.id).toBe(`${epoch}.2`);
    expect(JSON.parse(second?.data ?? "")).toMatchObject({ seq: 2, data: "edited", version: 3 });
    const append = async (target: number, data: string) => {
      ada.send({ type: "publish", id: crypto.randomUUID(), op: "append", target, data });
      await ada.message();
    };
    for (const [target, data] of [
      [1, "x"],
      [2, "y"],
      [1, "z"],
    ] as const)
      await append(target, data);
    const live = (await eventsOf(follower, 6)).slice(3);
    expect(live.map(({ id }) => id)).toEqual([4, 5, 6].map((seq) => `${epoch}.${seq}`));
    expect(live.map(({ data }) => JSON.parse(data))).toMatchObject([
      { op: "append", target: 1, offset: 0, data: "x" },
      { op: "append", target: 2, offset: 6, data: "y" },
      { op: "append", target: 1, offset: 1, data: "z" },
    ]);
    follower.cut();
    const returning = await follow(room, "", { "last-event-id": `${epoch}.3` });
    const [, ...missed] = await eventsOf(returning, 3);
    expect(missed.map(({ data }) => JSON.parse(data))).toMatchObject([
      { op: "append", target: 2, offset: 6, data: "y" },
      { op: "append", target: 1, offset: 0, data: "xz" },
    ]);
    // The position of the first event is still that of the cursor: both are one step.
    expect(missed.map(({ id }) => id)).toEqual([`${epoch}.3`, `${epoch}.6`]);
    returning.cut();
  });

  test("[API-6] sends reset with a reason where the cursor cannot be used, and continues from the position", async () => {
    const room = freshRoom();
    await post(room, "a");
    const { epoch } = await infoOf(room);
    for (const [cursor, reason] of [
      ["another.1", "epoch"],
      ["nonsense", "epoch"],
      [`${epoch}.7`, "ahead"],
    ]) {
      const follower = await follow(room, "", { "last-event-id": cursor ?? "" });
      const [reset] = await eventsOf(follower, 1);
      expect(reset).toEqual({
        name: "reset",
        id: `${epoch}.1`,
        data: JSON.stringify({ epoch, seq: 1, resumed: false, reason }),
      });
      follower.cut();
    }
  });

  test("[API-6] sends bye with a reason before the server ends the stream", async () => {
    const room = freshRoom();
    const token = await sign({ sub: "ada", exp: inSeconds(60) });
    const follower = await follow(room, `?token=${token}`);
    await eventsOf(follower, 1);
    const now = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(now + 61_000);
    await runDurableObjectAlarm(env.ROOMS.getByName(room));
    vi.restoreAllMocks();
    await follower.ended;
    expect(follower.events.at(-1)).toMatchObject({
      name: "bye",
      data: '{"code":"token_ended","retry":"now"}',
    });
    expect(await infoOf(room)).toMatchObject({ count: 0 });
  });

  test("[API-8] sends bye when the room is erased, and reset when the follower returns", async () => {
    const room = freshRoom();
    await post(room, "before");
    const follower = await follow(room, "?history=1");
    await eventsOf(follower, 2);
    const headers = { authorization: `Bearer ${await sign({ can: ["admin"] })}` };
    await call(`/v1/rooms/${room}`, { method: "DELETE", headers });
    await follower.ended;
    expect(follower.events.at(-1)).toMatchObject({ name: "bye", data: '{"code":"erased","retry":"now"}' });
    const back = await follow(room, "", { "last-event-id": follower.lastId });
    const [reset] = await eventsOf(back, 1);
    expect(JSON.parse(reset?.data ?? "")).toMatchObject({ seq: 0, resumed: false, reason: "epoch" });
    back.cut();
  });

  test("[API-7] counts a follower as a member, together with its other sockets", async () => {
    const room = freshRoom();
    const key = "ada-ada-ada-ada-ada";
    await join(room, "", key);
    const same = await follow(room, `?token=${key}`);
    await eventsOf(same, 1);
    expect(await infoOf(room)).toMatchObject({ count: 1 });
    const other = await follow(room);
    await eventsOf(other, 1);
    expect(await infoOf(room)).toMatchObject({ count: 2 });
    for (const follower of [same, other]) follower.cut();
    await waitFor(async () => expect(await infoOf(room)).toMatchObject({ count: 1 }));
  });

  test("[API-1] answers a refusal with a problem, and HEAD without a stream", async () => {
    const path = () => `/v1/rooms/${freshRoom()}/events`;
    const publisher = { authorization: `Bearer ${await sign({ can: ["publish"] })}` };
    const cases: [status: number, code: string, response: Response][] = [
      [403, "forbidden", await call(path(), { headers: publisher })],
      [400, "invalid_query", await call(`${path()}?history=all`)],
      [401, "invalid_token", await call(`${path()}?token=x`)],
      [401, "invalid_token", await callWith({ AUTH_MODE: "token" }, path())],
    ];
    for (const [status, code, response] of cases) {
      expect([response.status, (await problemOf(response)).code]).toEqual([status, code]);
    }
    const room = freshRoom();
    const head = await call(`/v1/rooms/${room}/events`, { method: "HEAD" });
    expect([head.status, head.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    expect(await infoOf(room)).toMatchObject({ count: 0 });
  });
});
