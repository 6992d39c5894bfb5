import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { Capability } from "../../../src/protocol/down.ts";
import type { Mode } from "../../../src/rpc/admission.ts";
import { admissionRequest } from "../../../src/rpc/admission.ts";
import { admission } from "../inside.ts";
import { freshRoom, join, RoomClient, welcomed } from "../room-client.ts";

/** A socket with these rights and no others, as a Worker that reads tokens would let it in. */
const upgradeWith = (room: string, can: Capability[], of: { mode?: Mode; history?: number } = {}) =>
  env.ROOMS.getByName(room).fetch(admissionRequest(admission({ can, ...of })));

describe("who may read, but not publish", () => {
  test("is told so, with the id, and goes on reading", async () => {
    const room = freshRoom();
    const [ada, reader] = [await join(room), await welcomed(await upgradeWith(room, ["read"]))];
    expect(reader.welcome.can).toEqual(["read"]);
    reader.publish("text", 1);
    expect(await reader.frame("error")).toMatchObject({ code: "forbidden", id: "text" });
    reader.publishBytes("bytes", new Uint8Array(1));
    expect(await reader.frame("error")).toMatchObject({ code: "forbidden", id: "bytes" });
    ada.publish("a", 1);
    expect((await reader.message()).seq).toBe(1);
  });

  test("is shown out of the room where it has no other way to be told", async () => {
    const room = freshRoom();
    const ada = await join(room);
    const plain = RoomClient.of(await upgradeWith(room, ["read"], { mode: "plain" }));
    plain.send("hello?");
    expect(await plain.closed()).toEqual({ closed: 4003, reason: expect.stringContaining("not publish") });
    await ada.expectQuiet();
  });
});

describe("who may publish, but not read", () => {
  test("gets an ack for its messages, and nothing of anybody's", async () => {
    const room = freshRoom();
    const ada = await join(room);
    ada.publish("a", 1);
    await ada.message();
    const writer = await welcomed(await upgradeWith(room, ["publish"], { history: 10 }));
    writer.publish("w", 2);
    expect(await writer.frame("ack")).toEqual({ type: "ack", id: "w", seq: 2 });
    ada.publish("b", 3);
    await ada.messages(2);
    writer.publishBytes("x", new Uint8Array(1));
    expect(await writer.frame("ack")).toEqual({ type: "ack", id: "x", seq: 4 });
  });

  test("gets no history", async () => {
    const writer = await welcomed(await upgradeWith(freshRoom(), ["publish"]));
    writer.send({ type: "history", id: "h" });
    expect(await writer.frame("error")).toMatchObject({ code: "forbidden", id: "h" });
  });

  test("gets nothing at all on a plain socket", async () => {
    const room = freshRoom();
    const ada = await join(room);
    const plain = RoomClient.of(await upgradeWith(room, ["publish"], { mode: "plain", history: 10 }));
    const received: unknown[] = [];
    plain.socket.addEventListener("message", ({ data }) => received.push(data));
    plain.send("one");
    plain.send("two");
    expect((await ada.messages(2)).map(({ data }) => data)).toEqual(["one", "two"]);
    plain.socket.close(1000);
    await plain.closed();
    expect(received).toEqual([]);
  });
});

test("a reader's own message is its acknowledgement: no ack comes with it", async () => {
  const ada = await join(freshRoom());
  ada.publish("a", 1);
  expect((await ada.message()).id).toBe("a");
  await ada.expectQuiet();
});
