import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { RoomLog } from "../../../src/room/log/log.ts";
import { textSegment } from "../../../src/room/log/segment.ts";
import { infoOf, inside, publishBytesFrame, publishFrame, socketOf } from "../inside.ts";
import { freshRoom, join } from "../room-client.ts";

test("[ONCE-1] a publish that is sent again is told the seq it got, and does not land twice", async () => {
  const room = freshRoom();
  const ada = await join(room);
  const bob = await join(room);
  ada.publish("zero", 0);
  ada.publish("one", 1);
  await ada.messages(2);
  await bob.messages(2);
  ada.publish("one", 1);
  expect(await ada.frame("ack")).toEqual({ type: "ack", id: "one", seq: 2 });
  ada.publishBytes("zero", new Uint8Array([1]));
  expect(await ada.frame("ack")).toEqual({ type: "ack", id: "zero", seq: 1 });
  await bob.expectQuiet();
  expect(await infoOf(room)).toMatchObject({ seq: 2 });
});

test("[ONCE-2] two sockets that race with one id yield one message, and both are told its seq", async () => {
  const room = freshRoom();
  const ada = await join(room);
  const bob = await join(room);
  await inside(room, ({ room: object, state }) => {
    const adas = socketOf(state, ada.welcome.member);
    const bobs = socketOf(state, bob.welcome.member);
    // The first of a quiet room goes out at once; the next ones wait for the end of its window, together.
    object.webSocketMessage(adas, publishFrame("first", 0));
    object.webSocketMessage(bobs, publishFrame("race", "bob's"));
    object.webSocketMessage(adas, publishFrame("race", "ada's"));
    object.webSocketMessage(adas, publishBytesFrame("race", new Uint8Array([7])));
  });
  for (const socket of [ada, bob]) {
    expect(await socket.messages(2)).toMatchObject([{ id: "first" }, { seq: 2, id: "race", data: "bob's" }]);
  }
  expect(await ada.frame("ack")).toEqual({ type: "ack", id: "race", seq: 2 });
  expect(await ada.frame("ack")).toEqual({ type: "ack", id: "race", seq: 2 });
  await bob.expectQuiet();
});

test("[ONCE-3] the first data stands, after an eviction in either mode and after a crash", async () => {
  const room = freshRoom();
  const ada = await join(room);
  ada.publish("kept", "first");
  await ada.message();

  await evictDurableObject(env.ROOMS.getByName(room), { webSockets: "hibernate" });
  ada.publish("kept", "second");
  expect(await ada.frame("ack")).toEqual({ type: "ack", id: "kept", seq: 1 });

  await evictDurableObject(env.ROOMS.getByName(room), { webSockets: "close" });
  const again = await join(room, "?history=9");
  expect(await again.message()).toMatchObject({ id: "kept", data: "first" });
  again.publish("kept", "third");
  expect(await again.frame("ack")).toEqual({ type: "ack", id: "kept", seq: 1 });

  await abortAllDurableObjects();
  const last = await join(room);
  last.publishBytes("kept", new Uint8Array([4]));
  expect(await last.frame("ack")).toEqual({ type: "ack", id: "kept", seq: 1 });
  expect(await infoOf(room)).toMatchObject({ seq: 1 });
});

test("[ONCE-4] the newest DEDUPE_MESSAGES ids are known, the next older one is not, also after a wake", async () => {
  await runInDurableObject(env.ROOMS.getByName(freshRoom()), (_, { storage }) => {
    const retention = { messages: 100, bytes: 1e9, days: 1, dedupe: 4 };
    const awake = new RoomLog(storage, retention, "room");
    // The index is read once and kept up from then on.
    expect(awake.seqOf("m1")).toBeUndefined();
    for (const [first, ids] of [
      [1, ["m1", "m2"]],
      [3, ["m3", "m4", "m5"]],
    ] as const) {
      awake.append([
        {
          segment: textSegment(
            first,
            0,
            ids.map(() => "null"),
          ),
          ids,
        },
      ]);
    }
    for (const log of [awake, new RoomLog(storage, retention, "room")]) {
      expect(["m1", "m2", "m3", "m4", "m5"].map((id) => log.seqOf(id))).toEqual([undefined, 2, 3, 4, 5]);
    }
  });
});

test("[ONCE-1] a retry among others that are pending leaves the order whole", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await inside(room, ({ room: object, state }) => {
    const socket = socketOf(state, ada.welcome.member);
    for (const id of ["a", "b", "a", "c", "b", "d"]) object.webSocketMessage(socket, publishFrame(id, id));
  });
  expect((await ada.messages(1)).map(({ id }) => id)).toEqual(["a"]);
  // A message in the log is answered at once, a pending one with the rest of its flush.
  expect(await ada.frame("ack")).toEqual({ type: "ack", id: "a", seq: 1 });
  expect((await ada.messages(3)).map(({ seq, id }) => [seq, id])).toEqual([
    [2, "b"],
    [3, "c"],
    [4, "d"],
  ]);
  expect(await ada.frame("ack")).toEqual({ type: "ack", id: "b", seq: 2 });
});

test("[ONCE-4] an id that is used anew, after its first message was trimmed, is as new as that", async () => {
  await runInDurableObject(env.ROOMS.getByName(freshRoom()), (_, { storage }) => {
    const log = new RoomLog(storage, { messages: 1, bytes: 1e9, days: 1, dedupe: 3 }, "room");
    const say = (...ids: string[]) =>
      log.append([
        {
          segment: textSegment(
            log.last + 1,
            Date.now(),
            ids.map(() => "null"),
          ),
          ids,
        },
      ]);
    expect(log.seqOf("x")).toBeUndefined();
    say("x");
    say("a");
    log.trim(Date.now());
    expect([log.floor, log.seqOf("x")]).toEqual([1, undefined]);
    say("x", "b");
    say("c");
    expect(log.seqOf("x")).toBe(3);
  });
});
