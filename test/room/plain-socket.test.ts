import { describe, expect, test } from "vitest";
import { parseSettings } from "../../src/settings/settings.ts";
import { publishBytesFrame, publishFrame, receiveAtOnce } from "./inside.ts";
import { freshRoom, join, RoomClient } from "./room-client.ts";

test("a plain socket receives only data, its own messages included", async () => {
  const room = freshRoom();
  const plain = await RoomClient.plain(room);
  plain.send("hello");
  expect(await plain.text()).toBe("hello");
  plain.socket.send(new Uint8Array([0, 255]));
  expect(await plain.bytes()).toEqual(new Uint8Array([0, 255]));
});

test("a plain socket publishes each frame as one message, whatever it contains", async () => {
  const room = freshRoom();
  const [plain, v1] = [await RoomClient.plain(room, "?name=Sensor"), await join(room)];
  const frames = ["", '{"type":"publish","id":"x","data":1}', "not { JSON", "大厅"];
  for (const frame of frames) plain.send(frame);
  plain.socket.send(new Uint8Array());
  const messages = await v1.messages(5);
  expect(messages.map(({ data }) => data)).toEqual([...frames, []]);
  expect(new Set(messages.map(({ id }) => id)).size).toBe(5);
  expect(new Set(messages.map(({ name }) => name))).toEqual(new Set(["Sensor"]));
});

test("a plain socket receives a string as it is, and other JSON as JSON text", async () => {
  const room = freshRoom();
  const [plain, v1] = [await RoomClient.plain(room), await join(room)];
  const data = ['a "quoted" string', 7, null, { a: [1] }];
  for (const [i, each] of data.entries()) v1.publish(`${i}`, each);
  for (const text of ['a "quoted" string', "7", "null", '{"a":[1]}']) expect(await plain.text()).toBe(text);
});

describe("?history=N on a plain socket", () => {
  test.each([
    ["no message by default", "", []],
    ["the last message", "?history=1", ["5"]],
    ["three messages, from the middle of a segment", "?history=3", [new Uint8Array([3]), "4", "5"]],
    ["all messages when there are fewer", "?history=100", ["1", "2", new Uint8Array([3]), "4", "5"]],
  ])("[ORD-3] replays %s", async (_what, query, replayed) => {
    const room = freshRoom();
    const { welcome } = await join(room);
    await receiveAtOnce(room, welcome.member, [
      publishFrame("1", "1"),
      publishFrame("2", "2"),
      publishBytesFrame("3", new Uint8Array([3])),
      publishFrame("4", "4"),
      publishFrame("5", "5"),
    ]);
    await (await join(room, "?history=5")).messages(5);
    const plain = await RoomClient.plain(room, query);
    for (const each of replayed) {
      expect(await plain.next()).toEqual(typeof each === "string" ? { text: each } : { bytes: each });
    }
    plain.send("live");
    expect(await plain.text()).toBe("live");
  });
});

test("[LIM-2] a plain socket is closed with 1009 and a readable reason when its message is too big", async () => {
  const room = freshRoom();
  const max = parseSettings({}).messageBytes;
  const [plain, other] = [await RoomClient.plain(room), await RoomClient.plain(room)];
  plain.send("x".repeat(max));
  expect((await plain.text()).length).toBe(max);
  expect((await other.text()).length).toBe(max);
  plain.send("x".repeat(max + 1));
  expect(await plain.closed()).toEqual({
    closed: 1009,
    reason: expect.stringContaining(`at most ${max} bytes`),
  });
  other.send("still here");
  expect(await other.text()).toBe("still here");
});

test("[LIM-1] a plain socket receives a lone surrogate as U+FFFD, live and from the log", async () => {
  const room = freshRoom();
  const ada = await join(room);
  const live = await RoomClient.plain(room);
  ada.publish("half", "a \ud800 b");
  expect(await ada.message()).toMatchObject({ data: "a \ud800 b" });
  expect(await live.text()).toBe("a \ufffd b");
  expect(await (await RoomClient.plain(room, "?history=1")).text()).toBe("a \ufffd b");
});
