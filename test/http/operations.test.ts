import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { pageSchema, publishedSchema } from "../../src/protocol/api.ts";
import { historyMessageSchema } from "../../src/protocol/down.ts";
import { sign } from "../auth/tokens.ts";
import { freshRoom, join, RoomClient } from "../room/room-client.ts";
import { call, posted, problemOf, type Sent } from "./call.ts";

const bearer = async (claims: Record<string, unknown>) => ({ authorization: `Bearer ${await sign(claims)}` });
const ADA = await bearer({ sub: "ada", name: "Ada", can: ["read", "publish"] });
const BOB = await bearer({ sub: "bob", can: ["read", "publish"] });
const MODERATOR = await bearer({ sub: "mod", can: ["read", "moderate"] });
const READER = await bearer({ sub: "reader", can: ["read"] });

const json = (data: unknown, key?: string) => posted({ data }, key);

/** A room with a message of Ada's, which has the seq 1. */
async function roomWith(data: unknown): Promise<string> {
  const room = freshRoom();
  expect(
    (await call(`/v1/rooms/${room}/messages`, { ...json(data), headers: { ...json(data).headers, ...ADA } }))
      .status,
  ).toBe(201);
  return room;
}

function send(room: string, method: string, path: string, headers: Record<string, string>, sent: Sent = {}) {
  return call(`/v1/rooms/${room}/messages/${path}`, {
    ...sent,
    method,
    headers: { ...sent.headers, ...headers },
  });
}

async function done(response: Response) {
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const { messages } = v.parse(v.strictObject(publishedSchema.entries), await response.json());
  return messages[0];
}

async function messageOf(room: string, seq = 1, headers = ADA) {
  const response = await send(room, "GET", `${seq}`, headers);
  expect(response.status).toBe(200);
  const message = await response.json();
  expect(v.parse(historyMessageSchema, message)).toEqual(message);
  return message;
}

describe("PATCH /v1/rooms/{room}/messages/{seq}", () => {
  test("[OPS-2] [API-45] replaces the data for the author and for a moderator, and sends the edit to all", async () => {
    const room = await roomWith("one");
    const reader = await join(room, "", "reader-reader-reader");
    expect(await done(await send(room, "PATCH", "1", ADA, json("two", "e1")))).toEqual({
      id: "e1",
      seq: 2,
      dup: false,
    });
    expect(await reader.message()).toMatchObject({
      seq: 2,
      op: "edit",
      target: 1,
      from: "ada",
      name: "Ada",
      data: "two",
    });
    expect(await done(await send(room, "PATCH", "1", ADA, json("three", "e1")))).toEqual({
      id: "e1",
      seq: 2,
      dup: true,
    });
    await done(await send(room, "PATCH", "1", MODERATOR, json("four")));
    expect(await messageOf(room)).toMatchObject({ seq: 1, from: "ada", data: "four", version: 3 });
  });

  test("[OPS-2] [API-45] is refused to others, and for bodies that are none", async () => {
    const room = await roomWith("one");
    expect(await problemOf(await send(room, "PATCH", "1", BOB, json("two")))).toMatchObject({
      code: "forbidden",
    });
    expect(await problemOf(await send(room, "PATCH", "1", READER, json("two")))).toMatchObject({
      code: "forbidden",
      needs: "publish",
    });
    expect(
      await problemOf(
        await send(room, "PATCH", "1", ADA, { body: "{", headers: { "content-type": "application/json" } }),
      ),
    ).toMatchObject({ code: "bad_json" });
    expect(await problemOf(await send(room, "PATCH", "1", ADA, { body: "x" }))).toMatchObject({
      code: "unsupported_type",
    });
    expect(await problemOf(await send(room, "PATCH", "1", ADA, posted({ text: "x" })))).toMatchObject({
      code: "invalid_event",
    });
    expect(await problemOf(await send(room, "PATCH", "1", ADA, json("x".repeat(300_000))))).toMatchObject({
      code: "too_big",
    });
    for (const seq of ["x", "-1", "1.5", "1e3", "9".repeat(20)])
      expect(await problemOf(await send(room, "PATCH", seq, ADA, json("two")))).toMatchObject({
        code: "invalid_query",
      });
    for (const seq of ["0", "2", "999999999999999"])
      expect(await problemOf(await send(room, "PATCH", seq, ADA, json("two")))).toMatchObject({
        code: "invalid_target",
      });
    expect(await messageOf(room)).toMatchObject({ data: "one" });
  });
});

describe("DELETE /v1/rooms/{room}/messages/{seq}", () => {
  test("[OPS-3] [API-45] deletes for the author and for a moderator", async () => {
    const room = await roomWith("one");
    expect(await problemOf(await send(room, "DELETE", "1", BOB))).toMatchObject({ code: "forbidden" });
    expect(await done(await send(room, "DELETE", "1", ADA, { headers: { "idempotency-key": "d" } }))).toEqual(
      { id: "d", seq: 2, dup: false },
    );
    expect(await done(await send(room, "DELETE", "1", ADA, { headers: { "idempotency-key": "d" } }))).toEqual(
      { id: "d", seq: 2, dup: true },
    );
    expect(await problemOf(await send(room, "DELETE", "1", ADA))).toMatchObject({ code: "invalid_target" });
    const message = await messageOf(room);
    expect(message).toMatchObject({ seq: 1, from: "ada", deleted: true, version: 2 });
    expect(message).not.toHaveProperty("data");
    const other = await roomWith("two");
    await done(await send(other, "DELETE", "1", MODERATOR));
  });
});

describe("POST /v1/rooms/{room}/messages/{seq}/append", () => {
  test("[OPS-4] [API-45] appends for the author alone, and once for an id", async () => {
    const room = await roomWith({ text: "a" });
    for (let i = 0; i < 2; i++) await done(await send(room, "POST", "1/append", ADA, json("b", "k")));
    expect(await messageOf(room)).toMatchObject({ data: { text: "ab" }, version: 2 });
    for (const headers of [BOB, MODERATOR])
      expect(await problemOf(await send(room, "POST", "1/append", headers, json("c")))).toMatchObject({
        code: "forbidden",
      });
    expect(await problemOf(await send(room, "POST", "1/append", ADA, json(7)))).toMatchObject({
      code: "invalid_event",
    });
  });
});

describe("PUT and DELETE /v1/rooms/{room}/messages/{seq}/reactions/{key}", () => {
  test("[OPS-5] [API-45] set and remove a reaction, each once", async () => {
    const room = await roomWith("one");
    const path = `1/reactions/${encodeURIComponent("👍/👎")}`;
    expect(await done(await send(room, "PUT", path, BOB))).toMatchObject({ seq: 2, dup: false });
    expect(await done(await send(room, "PUT", path, BOB))).toMatchObject({ seq: 2, dup: true });
    const reactions = (mine: boolean) => ({ "👍/👎": { count: 1, members: ["bob"], mine } });
    expect(await messageOf(room, 1, BOB)).toMatchObject({ reactions: reactions(true) });
    expect(await messageOf(room, 1, ADA)).toMatchObject({ reactions: reactions(false) });
    expect(await done(await send(room, "DELETE", path, BOB))).toMatchObject({ seq: 3, dup: false });
    expect(await done(await send(room, "DELETE", path, BOB))).toMatchObject({ seq: 3, dup: true });
    expect(await messageOf(room)).not.toHaveProperty("reactions");
    for (const key of ["x".repeat(65), "%ff"])
      expect(await problemOf(await send(room, "PUT", `1/reactions/${key}`, BOB))).toMatchObject({
        code: "invalid_query",
      });
    expect(await problemOf(await send(room, "PUT", "1/reactions/x", READER))).toMatchObject({
      code: "forbidden",
    });
  });
});

describe("the epoch of an operation over HTTP", () => {
  test("[OPS-14] [API-45] refuses an operation on a log that was erased", async () => {
    const room = await roomWith("one");
    const { epoch } = v.parse(pageSchema, await (await call(`/v1/rooms/${room}/messages`)).json());
    await done(await send(room, "PATCH", `1?epoch=${epoch}`, ADA, json("two")));
    for (const [method, path, body] of [
      ["PATCH", "1", json("x")],
      ["DELETE", "1", {}],
      ["POST", "1/append", json("x")],
      ["PUT", "1/reactions/x", {}],
      ["DELETE", "1/reactions/x", {}],
    ] as const)
      expect(await problemOf(await send(room, method, `${path}?epoch=other`, ADA, body))).toMatchObject({
        code: "invalid_target",
      });
    expect(await messageOf(room)).toMatchObject({ data: "two", version: 2 });
  });
});

describe("a stream over HTTP", () => {
  test("[OPS-13] [API-45] is opened by a publish, and ended by an append", async () => {
    const room = freshRoom();
    const open = await call(`/v1/rooms/${room}/messages`, posted({ data: "", stream: true }, undefined, ADA));
    expect(open.status).toBe(201);
    expect(await messageOf(room)).toMatchObject({ data: "", stream: "open" });
    await done(await send(room, "POST", "1/append", ADA, posted({ data: "text" })));
    await done(await send(room, "POST", "1/append", ADA, posted({ data: "!", end: "complete" })));
    const message = await messageOf(room);
    expect(message).toMatchObject({ data: "text!" });
    expect(message).not.toHaveProperty("stream");
    for (const body of [
      { data: 7, stream: true },
      { data: "", stream: "yes" },
    ])
      expect(await problemOf(await call(`/v1/rooms/${room}/messages`, posted(body)))).toMatchObject({
        code: "invalid_event",
      });
    const wrong = posted({ data: "", end: "soon" });
    expect(await problemOf(await send(room, "POST", "1/append", ADA, wrong))).toMatchObject({
      code: "invalid_event",
    });
  });
});

describe("reads of a room with operations", () => {
  test("[OPS-6] [API-45] the tag of a page changes with the messages on it, and only then", async () => {
    const room = await roomWith("one");
    await done(await send(room, "PUT", "1/reactions/x", BOB));
    const page = (headers = {}) => call(`/v1/rooms/${room}/messages`, { headers: { ...ADA, ...headers } });
    const tags = new Set<string>();
    const tagOf = async () => {
      const answer = await page();
      const { messages } = v.parse(pageSchema, await answer.json());
      expect(messages).toHaveLength(1);
      const tag = answer.headers.get("etag") ?? expect.fail();
      expect((await page({ "if-none-match": tag })).status).toBe(304);
      return tag;
    };
    for (const step of [
      () => send(room, "PATCH", "1", ADA, json("two")),
      () => send(room, "POST", "1/append", ADA, json("!")),
      () => send(room, "PUT", "1/reactions/y", BOB),
      () => send(room, "DELETE", "1", ADA),
    ]) {
      const before = await tagOf();
      tags.add(before);
      await done(await step());
      expect((await page({ "if-none-match": before })).status).toBe(200);
    }
    tags.add(await tagOf());
    expect(tags.size).toBe(5);
  });

  test("[OPS-6] [API-45] the tag of a page with reactions is that of its reader, whose own are marked", async () => {
    const room = await roomWith("one");
    await done(await send(room, "PUT", "1/reactions/x", BOB));
    const page = (headers: object) => call(`/v1/rooms/${room}/messages`, { headers: { ...headers } });
    const tag = (await page(BOB)).headers.get("etag") ?? expect.fail();
    const answer = await page({ ...ADA, "if-none-match": tag });
    expect(answer.status).toBe(200);
    expect(v.parse(pageSchema, await answer.json()).messages).toMatchObject([
      { reactions: { x: { mine: false } } },
    ]);
  });

  test("[OPS-6] [API-45] one message is answered to those who may read, if the room has it", async () => {
    const room = await roomWith("one");
    expect(await messageOf(room, 1, READER)).toMatchObject({
      seq: 1,
      id: expect.any(String),
      name: "Ada",
      data: "one",
    });
    const writer = await bearer({ sub: "w", can: ["publish"] });
    expect(await problemOf(await send(room, "GET", "1", writer))).toMatchObject({
      code: "forbidden",
      needs: "read",
    });
    for (const seq of ["0", "2"])
      expect(await problemOf(await send(room, "GET", seq, READER))).toMatchObject({ code: "invalid_target" });
    expect(await problemOf(await send(room, "GET", "one", READER))).toMatchObject({ code: "invalid_query" });
    expect((await send(room, "PUT", "1", ADA, json("x"))).status).toBe(405);
  });

  test("[OPS-8] a plain socket that asks for operations as JSON is sent them", async () => {
    const room = await roomWith("one");
    const plain = await RoomClient.plain(room, "?ops=json");
    await done(await send(room, "PATCH", "1", ADA, json("two")));
    expect(JSON.parse(await plain.text())).toEqual({ op: "edit", target: 1, from: "ada", data: "two" });
    expect(
      await problemOf(await call(`/v1/rooms/${room}?ops=yes`, { headers: { upgrade: "websocket" } })),
    ).toMatchObject({ code: "invalid_query" });
  });

  test("[OPS-12] a moderator kicks and bans, as an admin does; others do not", async () => {
    const room = freshRoom();
    const mallory = await join(room, `?token=${await sign({ sub: "mallory", can: ["read"] })}`);
    const kick = (headers: Record<string, string>) =>
      call(`/v1/rooms/${room}/members/mallory?ban=60`, { method: "DELETE", headers });
    expect(await problemOf(await kick(ADA))).toMatchObject({ code: "forbidden", needs: "moderate" });
    expect((await kick(MODERATOR)).status).toBe(200);
    expect(await mallory.frame("bye")).toMatchObject({ code: "kicked" });
    expect((await kick(await bearer({ sub: "boss", can: ["admin"] }))).status).toBe(200);
  });
});
