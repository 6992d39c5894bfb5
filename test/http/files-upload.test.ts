import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { sign } from "../auth/tokens.ts";
import { freshRoom, join } from "../room/room-client.ts";
import { deployment } from "../server/deployment.ts";
import { call, callWith, problemOf } from "./call.ts";
import { ADA, BOB, bytesOf, filled, PART, UploadCaller } from "./uploads.ts";

const historyOf = async (room: string) =>
  (await (await call(`/v1/rooms/${room}/messages`)).json<{ messages: { data: unknown }[] }>()).messages;

describe("an upload", () => {
  test("[FILE-1] takes parts in any order and again, and says which it has", async () => {
    const ada = new UploadCaller(freshRoom());
    const bytes = filled(2 * PART + 3);
    const file = await ada.begin(bytes.length, { name: "holiday.bin" });
    const have = async () => await (await ada.get(`/${file}/upload`)).json();
    const state = { file, partBytes: PART, parts: 3, name: "holiday.bin", size: bytes.length };
    expect(await have()).toMatchObject({ ...state, type: "application/octet-stream", have: [] });
    expect((await ada.put(file, 3, bytes.subarray(2 * PART))).status).toBe(200);
    expect((await ada.put(file, 1, filled(PART).reverse())).status).toBe(200);
    expect((await ada.put(file, 1, bytes.subarray(0, PART))).status).toBe(200);
    expect(await have()).toMatchObject({ ...state, have: [1, 3] });
    const early = await problemOf(await ada.complete(file));
    expect(early).toMatchObject({ code: "invalid_event", detail: expect.stringContaining("missing: 2.") });
    await ada.put(file, 2, bytes.subarray(PART, 2 * PART));
    expect((await ada.complete(file)).status).toBe(201);
    const read = await bytesOf(await ada.get(`/${file}`));
    expect(read.length).toBe(bytes.length);
    expect(await crypto.subtle.digest("SHA-256", read)).toEqual(await crypto.subtle.digest("SHA-256", bytes));
  });

  test("[FILE-1] belongs to the member who began it", async () => {
    const room = freshRoom();
    const [ada, bob] = [new UploadCaller(room), new UploadCaller(room, BOB)];
    const file = await ada.begin(3);
    const refused = [
      await bob.put(file, 1, filled(3)),
      await bob.get(`/${file}/upload`),
      await bob.complete(file),
      await bob.send(`/${file}`, "DELETE"),
    ];
    for (const each of refused) expect((await problemOf(each)).code).toBe("forbidden");
    const elsewhere = new UploadCaller(freshRoom());
    expect((await problemOf(await elsewhere.put(file, 1, filled(3)))).code).toBe("not_found");
    const reader = new UploadCaller(room, await sign({ sub: "ada", can: ["read"] }));
    expect((await problemOf(await reader.post("", { name: "a", size: 1 }))).code).toBe("forbidden");
  });

  test("[FILE-3] takes a part only with exactly its bytes", async () => {
    const ada = new UploadCaller(freshRoom());
    const file = await ada.begin(10);
    const stream = (size: number) =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(filled(size));
          controller.close();
        },
      });
    for (const size of [0, 9, 11]) {
      const answers = [
        await ada.put(file, 1, filled(size)),
        // Without a Content-Length, the bytes are counted as they come.
        await ada.send(`/${file}/parts/1`, "PUT", { body: stream(size) }),
      ];
      for (const each of answers)
        expect(await problemOf(each)).toMatchObject({
          code: "invalid_event",
          detail: expect.stringContaining("exactly 10 bytes"),
        });
    }
    expect(await (await ada.get(`/${file}/upload`)).json()).toMatchObject({ have: [] });
    for (const part of ["0", "2", "-1", "x", "1.5", "99999999999"])
      expect((await problemOf(await ada.put(file, part, filled(10)))).code).toBe("invalid_query");
    const unknown = "A".repeat(22);
    for (const id of ["x", "..%2f..", unknown, `${unknown}A`])
      expect((await problemOf(await ada.put(id, 1, filled(10)))).code).toBe("not_found");
  });

  test("[FILE-3] is refused before any byte where its size or type is not taken", async () => {
    const room = freshRoom();
    const limits = { FILE_BYTES: 100, ROOM_FILE_BYTES: 150, FILE_TYPES: "image/*, application/pdf" };
    const ada = new UploadCaller(room, ADA, limits);
    const begin = async (about: object) => await problemOf(await ada.post("", { name: "a", ...about }));
    expect(await begin({ type: "image/png", size: 101 })).toMatchObject({
      code: "too_big",
      detail: "The file has 101 bytes. A file has at most 100 bytes.",
    });
    for (const type of ["text/html", "imagex/png", "", "application/pdfx"])
      expect((await begin({ type, size: 1 })).code).toBe("unsupported_type");
    for (const size of [0, -1, 1.5, "1", null, 2 ** 60])
      expect((await begin({ type: "image/png", size })).code).toMatch(/invalid_event|too_big/);
    await ada.begin(100, { type: "image/svg+xml; charset=utf-8" });
    expect((await ada.post("", { name: "a", type: "APPLICATION/PDF", size: 10 })).status).toBe(201);
    const open = new UploadCaller(room, ADA);
    for (const type of ["x", "image/", "a/b/c", "a b/c", `${"a".repeat(200)}/b`])
      expect((await problemOf(await open.post("", { name: "a", type, size: 1 }))).code).toBe(
        "unsupported_type",
      );
  });

  test("[FILE-3] publishes no message that is too big, and may be completed with another one", async () => {
    const ada = new UploadCaller(freshRoom(), ADA, { MESSAGE_BYTES: 1000 });
    const file = await ada.begin(1);
    await ada.putAll(file, filled(1));
    const big = await problemOf(await ada.complete(file, { data: { text: "x".repeat(1000) } }));
    expect(big.code).toBe("too_big");
    for (const data of ["text", [1], null, 7])
      expect((await problemOf(await ada.complete(file, { data }))).code).toBe("invalid_event");
    expect((await ada.complete(file, { data: { text: "x" } })).status).toBe(201);
  });
});

describe("completing an upload", () => {
  test("[FILE-2] publishes one message of the uploader with the file", async () => {
    const room = freshRoom();
    const watcher = await join(room, "?name=Watcher");
    const ada = new UploadCaller(room);
    const about = { name: "a.png", type: "image/png", width: 4, height: 3 };
    const file = await ada.begin(5, about);
    await ada.putAll(file, filled(5));
    const body = { data: { text: "Look", file: { id: "forged" } } };
    const first = await (await ada.complete(file, body, { "idempotency-key": "mine" })).json();
    expect(first).toMatchObject({ messages: [{ id: "mine", seq: 1, dup: false }] });
    const [message] = await watcher.messages(1);
    expect(message).toMatchObject({
      id: "mine",
      data: { text: "Look", file: { id: file, ...about, size: 5 } },
    });
    const again = await Promise.all([
      ada.complete(file, {}, { "idempotency-key": "other" }),
      ada.complete(file),
    ]);
    for (const each of again)
      expect(await each.json()).toMatchObject({ messages: [{ id: "mine", seq: 1, dup: true }] });
    expect(await historyOf(room)).toHaveLength(1);
    expect((await problemOf(await ada.put(file, 1, filled(5)))).code).toBe("invalid_event");
    expect((await problemOf(await ada.send(`/${file}`, "DELETE"))).detail).toContain("Delete its message");
  });

  test("[FILE-2] publishes one message when it is called twice at once", async () => {
    const ada = new UploadCaller(freshRoom());
    const file = await ada.begin(5);
    await ada.putAll(file, filled(5));
    const keys = ["a", "b", "c"].map((key) => ({ "idempotency-key": key }));
    const answers = await Promise.all(keys.map((key) => ada.complete(file, {}, key)));
    for (const each of answers) expect(each.status).toBe(201);
    expect(await historyOf(ada.room)).toHaveLength(1);
  });

  test("[FILE-2] does not take the id of another message", async () => {
    const ada = new UploadCaller(freshRoom());
    const watcher = await join(ada.room);
    watcher.publish("taken", "hello");
    await watcher.messages(1);
    const file = await ada.begin(5);
    await ada.putAll(file, filled(5));
    const refused = await problemOf(await ada.complete(file, { id: "taken" }));
    expect(refused).toMatchObject({ code: "invalid_event", detail: expect.stringContaining('"taken"') });
    expect((await problemOf(await ada.get(`/${file}`))).code).toBe("not_found");
    expect((await ada.complete(file, { id: "free" })).status).toBe(201);
    expect((await ada.get(`/${file}`)).status).toBe(200);
  });

  test("[FILE-2] asks onPublish, and keeps the upload where that refuses", async () => {
    const { hooksByRoom } = await import("../server/hooks-by-room.ts");
    const { reject } = await import("../../src/server/index.ts");
    const own = deployment({
      binding: (each) => each.HOOKED,
      files: (each) => each.FILES,
    });
    const room = own.room("a");
    let isOpen = false;
    hooksByRoom.set(room, {
      onPublish: ({ data }) => {
        if (!isOpen) throw reject("forbidden", `No ${Object.keys(data as object)}.`);
      },
    });
    const send = (path: string, init: RequestInit) =>
      own.call(`/v1/rooms/${room}/files${path}`, {
        ...init,
        headers: { authorization: `Bearer ${ADA}`, "content-type": "application/json" },
      });
    const begun = await send("", { method: "POST", body: '{"name":"a","size":1}' });
    const { file } = await begun.json<{ file: string }>();
    await send(`/${file}/parts/1`, { method: "PUT", body: "x" });
    const refused = await send(`/${file}/complete`, { method: "POST", body: "{}" });
    expect(await problemOf(refused)).toMatchObject({ code: "forbidden", detail: "No file." });
    expect((await send(`/${file}`, { method: "GET" })).status).toBe(404);
    isOpen = true;
    expect((await send(`/${file}/complete`, { method: "POST", body: "{}" })).status).toBe(201);
    expect((await send(`/${file}`, { method: "GET" })).status).toBe(200);
  });
});

describe("a service without a file store", () => {
  test("[FILE-9] answers not_found, and does not offer files", async () => {
    const path = `/v1/rooms/${freshRoom()}/files`;
    const json = { "content-type": "application/json" };
    const begin = { method: "POST", headers: json, body: '{"name":"a","size":1}' };
    const answers = [
      await callWith({ FILES: undefined }, path, begin),
      await callWith({ FILES: undefined }, `${path}/${"A".repeat(22)}`),
    ];
    for (const each of answers)
      expect(await problemOf(each)).toMatchObject({
        code: "not_found",
        detail: expect.stringContaining("no file store"),
      });
    const own = deployment();
    const headers = { upgrade: "websocket", "sec-websocket-protocol": "dormouse.v1" };
    const { RoomClient } = await import("../room/room-client.ts");
    const client = RoomClient.of(await own.call(`/v1/rooms/${own.room("a")}`, { headers }));
    expect(await client.frame("welcome")).toMatchObject({ features: ["marks", "ops"] });
    // A setting switches files off as well, although the binding is there.
    expect(env.FILES).toBeDefined();
    const off = await callWith({ FILE_BYTES: 0 }, path, begin);
    expect((await problemOf(off)).code).toBe("not_found");
    expect((await problemOf(await callWith({ FILE_BYTES: 0 }, path))).code).toBe("not_found");
    const on = await callWith({ FILE_BYTES: 7, FILE_TYPES: "Image/*" }, path);
    expect(await on.json()).toEqual({ maxBytes: 7, partBytes: 8_388_608, types: ["image/*"] });
  });
});
