import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as v from "valibot";
import { describe, expect, test, vi } from "vitest";
import { publishedSchema } from "../../src/protocol/api.ts";
import { sign } from "../auth/tokens.ts";
import { infoOf, inside, storeLog } from "../room/inside.ts";
import { freshRoom, join, RoomClient } from "../room/room-client.ts";
import { call, callWith, posted, problemOf } from "./call.ts";

const KEY = "ada-ada-ada-ada-ada";

const post = async (room: string, json: unknown, key?: string, headers?: Record<string, string>) => {
  const response = await call(`/v1/rooms/${room}/messages`, posted(json, key, headers));
  expect(response.status).toBe(201);
  return v.parse(v.strictObject(publishedSchema.entries), await response.json());
};

describe("POST /v1/rooms/{room}/messages", () => {
  test("[API-2] answers with the seq, and sends the message with its author to every socket", async () => {
    const room = freshRoom();
    const [ada, plain] = [await join(room, "", KEY), await RoomClient.plain(room)];
    const headers = {
      authorization: `Bearer ${await sign({ sub: "build-7", name: "Build", can: ["publish"] })}`,
    };
    const published = await post(room, { id: "m1", data: { text: "hello 大厅" } }, undefined, headers);
    expect(published).toEqual({ epoch: ada.welcome.epoch, messages: [{ id: "m1", seq: 1, dup: false }] });
    expect(await ada.message()).toEqual({
      seq: 1,
      id: "m1",
      from: "build-7",
      name: "Build",
      data: { text: "hello 大厅" },
    });
    expect(await plain.text()).toBe('{"text":"hello 大厅"}');
  });

  test("[API-2] publishes for a guest under the member id of its key and the name in the query", async () => {
    const room = freshRoom();
    const ada = await join(room, "?name=Ada", KEY);
    await call(`/v1/rooms/${room}/messages?name=Ada&token=${KEY}`, posted({ data: null }));
    expect(await ada.message()).toMatchObject({ from: ada.welcome.member, name: "Ada", data: null });
  });

  test("[API-2] keeps data unchanged, whatever its field names are", async () => {
    const room = freshRoom();
    const [ada, plain] = [await join(room), await RoomClient.plain(room)];
    const data = '{"__proto__":{"a":1},"constructor":"\\u2028\\"\\\\","n":[1e21,-0.5,null,true]}';
    await call(`/v1/rooms/${room}/messages`, { ...posted(0), body: `{"data":${data}}` });
    expect(JSON.stringify((await ada.message()).data)).toBe(JSON.stringify(JSON.parse(data)));
    expect(await plain.text()).toBe(JSON.stringify(JSON.parse(data)));
    const page = await (await call(`/v1/rooms/${room}/messages`)).text();
    expect(page).toContain('"__proto__":{"a":1}');
  });

  test("[API-2] publishes bytes as a binary message, which may be empty", async () => {
    const room = freshRoom();
    const ada = await join(room);
    const bytes = (body: Uint8Array, key: string) =>
      call(`/v1/rooms/${room}/messages`, {
        method: "POST",
        headers: { "content-type": "application/octet-stream", "idempotency-key": key },
        body,
      });
    for (const [key, body] of [
      ["b1", [0, 255, 10]],
      ["b2", []],
    ] as const) {
      const response = await bytes(new Uint8Array(body), key);
      expect(response.status).toBe(201);
      expect(await ada.message()).toMatchObject({ id: key, data: [...body] });
    }
    const again = await bytes(new Uint8Array([1]), "b1");
    expect(await again.json()).toMatchObject({ messages: [{ id: "b1", seq: 1, dup: true }] });
    await ada.expectQuiet();
  });

  test("[API-3] stores a batch in order in one row, even one larger than other rows", async () => {
    const room = freshRoom();
    const ada = await join(room);
    const messages = Array.from({ length: 100 }, (_, i) => ({
      id: `${i}`,
      data: `${i} ${"x".repeat(2500)}`,
    }));
    const { messages: receipts } = await post(room, { messages });
    expect(receipts).toEqual(messages.map(({ id }, i) => ({ id, seq: i + 1, dup: false })));
    expect((await ada.messages(100)).map(({ data }) => data)).toEqual(messages.map(({ data }) => data));
    expect(await rowsOf(room)).toEqual([{ first: 1, last: 100 }]);
  });

  test("[API-3] stores the largest batch of any setting in a row under 1 MiB", async () => {
    const room = freshRoom();
    const sub = "大".repeat(128);
    const headers = {
      authorization: `Bearer ${await sign({ sub, name: "大".repeat(256), can: ["publish"] })}`,
    };
    const data = "\u0000".repeat(Math.floor(786_432 / 6 / 100));
    const messages = Array.from({ length: 100 }, (_, i) => ({ id: `${i}`.padEnd(64, "\u0000"), data }));
    const response = await callWith(
      { MESSAGE_BYTES: 786_432 },
      `/v1/rooms/${room}/messages`,
      posted({ messages }, undefined, headers),
    );
    expect(response.status).toBe(201);
    expect(await rowsOf(room)).toEqual([{ first: 1, last: 100 }]);
    const bytes = await inside(room, ({ sql }) =>
      sql
        .exec<{ bytes: number }>(
          "SELECT length(CAST(body AS BLOB)) + length(CAST(ids AS BLOB)) AS bytes FROM dormouse_segments",
        )
        .one(),
    );
    expect(bytes.bytes).toBeLessThan(1024 * 1024);
  });

  test("[API-3] refuses a batch with one invalid message as a whole", async () => {
    const room = freshRoom();
    const { epoch } = await infoOf(room);
    const good = { data: 1 };
    const deep = JSON.parse(`${"[".repeat(129)}${"]".repeat(129)}`);
    const wrong: [unknown, string][] = [
      [{}, "messages.1.data is required"],
      [{ data: 1, text: 2 }, "messages.1.text is not a known field"],
      [{ data: 1, id: "" }, "messages.1.id must have 1 to 64 characters"],
      [{ data: 1, id: 7 }, "messages.1.id must be a string"],
      [{ data: deep }, "at most 128 levels"],
      ["text", "messages.1"],
    ];
    for (const [bad, sentence] of wrong) {
      const response = await call(`/v1/rooms/${room}/messages`, posted({ messages: [good, bad, good] }));
      expect(response.status).toBe(400);
      expect(await problemOf(response)).toMatchObject({
        code: "invalid_event",
        detail: expect.stringContaining(sentence),
      });
    }
    expect(await infoOf(room)).toMatchObject({ epoch, seq: 0 });
  });

  test("[API-4] stores the same request once when it is sent 20 times at once", async () => {
    const room = freshRoom();
    const ada = await join(room);
    const all = await Promise.all(Array.from({ length: 20 }, () => post(room, { data: "once" }, "key-1")));
    expect(all.map(({ messages }) => messages[0]?.seq)).toEqual(all.map(() => 1));
    expect(all.filter(({ messages }) => messages[0]?.dup === false).length).toBe(1);
    expect(await ada.message()).toMatchObject({ id: "key-1", seq: 1 });
    await ada.expectQuiet();
  });

  test("[API-4] answers a retry with the first seq, after eviction, after a crash and over a socket", async () => {
    const room = freshRoom();
    const first = await post(room, { data: "first" }, "key");
    await evictDurableObject(env.ROOMS.getByName(room));
    expect(await post(room, { data: "second" }, "key")).toEqual({
      ...first,
      messages: [{ id: "key", seq: 1, dup: true }],
    });
    await abortAllDurableObjects();
    expect((await post(room, { data: 3, id: "key" })).messages).toEqual([{ id: "key", seq: 1, dup: true }]);
    const ada = await join(room);
    ada.publish("key", 4);
    expect(await ada.frame("ack")).toEqual({ type: "ack", id: "key", seq: 1 });
    ada.publish("by socket", 5);
    await ada.message();
    expect((await post(room, { data: 6 }, "by socket")).messages[0]).toMatchObject({ seq: 2, dup: true });
  });

  test("[API-4] stores only the new messages of a repeated batch", async () => {
    const room = freshRoom();
    await post(room, { messages: [{ data: "a" }, { data: "b" }] }, '"key"');
    const again = await post(room, { messages: [{ data: "a" }, { data: "b" }, { data: "c" }] }, "key");
    expect(again.messages).toEqual([
      { id: "key:0", seq: 1, dup: true },
      { id: "key:1", seq: 2, dup: true },
      { id: "key:2", seq: 3, dup: false },
    ]);
  });

  test("[API-4] prefers the id of a message to the key, and stores a message without either each time", async () => {
    const room = freshRoom();
    const { messages } = await post(room, { messages: [{ id: "own", data: 1 }, { data: 2 }] }, "key");
    expect(messages.map(({ id }) => id)).toEqual(["own", "key:1"]);
    expect((await post(freshRoom(), { messages: [{ data: 1 }] }, "key")).messages[0]?.id).toBe("key:0");
    const [one, other] = [await post(room, { data: 3 }), await post(room, { data: 3 })];
    expect([one.messages[0]?.seq, other.messages[0]?.seq]).toEqual([3, 4]);
  });

  test("[LIM-2] accepts messages of up to MESSAGE_BYTES, in a batch together", async () => {
    const path = `/v1/rooms/${freshRoom()}/messages`;
    const bytes = (length: number) => ({
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: new Uint8Array(length),
    });
    const sizes: [sent: object, status: number][] = [
      [posted({ data: "x".repeat(100) }), 201],
      [posted({ data: "x".repeat(101) }), 413],
      [posted({ data: "大".repeat(34) }), 413],
      [posted({ data: ["x".repeat(96)] }), 201],
      [posted({ data: ["x".repeat(97)] }), 413],
      [posted({ messages: [{ data: "x".repeat(50) }, { data: "x".repeat(50) }] }), 201],
      [posted({ messages: [{ data: "x".repeat(50) }, { data: "x".repeat(51) }] }), 413],
      [bytes(100), 201],
      [bytes(101), 413],
      // Too long to be read to its end.
      [posted({ data: 1, pad: "x".repeat(70_000) }), 413],
    ];
    for (const [sent, status] of sizes) {
      const response = await callWith({ MESSAGE_BYTES: 100 }, path, sent);
      expect(response.status).toBe(status);
      if (status === 413) expect((await problemOf(response)).code).toBe("too_big");
    }
  });

  test("[LIM-7] accepts batches of 1 to 100 messages, and limits ids that a key makes", async () => {
    const path = `/v1/rooms/${freshRoom()}/messages`;
    const batch = (length: number) => ({ messages: Array.from({ length }, () => ({ data: 1 })) });
    const cases: [json: unknown, key: string | undefined, status: number][] = [
      [batch(0), undefined, 400],
      [batch(1), undefined, 201],
      [batch(100), undefined, 201],
      [batch(101), undefined, 400],
      [{ messages: { data: 1 } }, undefined, 400],
      [{ data: 1, messages: [{ data: 1 }] }, undefined, 400],
      [{ data: 1 }, "k".repeat(64), 201],
      [{ data: 1 }, "k".repeat(65), 400],
      [{ data: 1 }, "", 400],
      [{ data: 1 }, "k\tk", 400],
      [batch(11), "k".repeat(61), 201],
      [batch(11), "k".repeat(62), 400],
      [{ id: "i".repeat(64), data: 1 }, undefined, 201],
      [{ id: "i".repeat(65), data: 1 }, undefined, 400],
      [
        {
          messages: [
            { id: "x", data: 1 },
            { id: "x", data: 2 },
          ],
        },
        undefined,
        400,
      ],
    ];
    for (const [json, key, status] of cases) {
      const response = await call(path, posted(json, key));
      expect([response.status, JSON.stringify(json).slice(0, 60), key]).toEqual([
        status,
        JSON.stringify(json).slice(0, 60),
        key,
      ]);
      if (status === 400) expect((await problemOf(response)).code).toBe("invalid_event");
    }
  });

  test("[DUR-3] answers unavailable where storing fails, and accepts a retry", async () => {
    const room = freshRoom();
    await storeLog(room);
    await inside(room, ({ sql }) => {
      sql.exec(
        "CREATE TRIGGER broken BEFORE INSERT ON dormouse_segments BEGIN SELECT RAISE(ABORT, 'disk'); END",
      );
    });
    const sent = posted({ messages: [{ data: 1 }, { data: 2 }] }, "key");
    const faults = vi.spyOn(console, "error").mockImplementation(() => {});
    const refused = await call(`/v1/rooms/${room}/messages`, sent);
    expect(faults).toHaveBeenCalledOnce();
    faults.mockRestore();
    expect(refused.status).toBe(503);
    expect((await problemOf(refused)).code).toBe("unavailable");
    await inside(room, ({ sql }) => void sql.exec("DROP TRIGGER broken"));
    expect((await post(room, { messages: [{ data: 1 }, { data: 2 }] }, "key")).messages).toMatchObject([
      { seq: 1, dup: false },
      { seq: 2, dup: false },
    ]);
  });
});

function rowsOf(room: string): Promise<{ first: number; last: number }[]> {
  return inside(room, ({ sql }) =>
    sql
      .exec<{ first: number; last: number }>("SELECT first, last FROM dormouse_segments ORDER BY first")
      .toArray(),
  );
}
