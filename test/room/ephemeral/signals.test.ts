import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { SIGNAL_BYTES } from "../../../src/protocol/limits.ts";
import { sign } from "../../auth/tokens.ts";
import { waitFor } from "../../support/wait-for.ts";
import { infoOf, inside, receiveAtOnce } from "../inside.ts";
import { freshRoom, join, parseDown, RoomClient } from "../room-client.ts";

const signal = (data: unknown, rest: object = {}) => JSON.stringify({ type: "signal", data, ...rest });

test("[SIG-1] a signal reaches all who may read, its sender among them, and no plain socket; nothing is stored", async () => {
  const room = freshRoom();
  const [ada, bob] = [await join(room), await join(room)];
  const plain = await RoomClient.plain(room);
  ada.send(signal({ x: 1 }));
  for (const client of [ada, bob]) {
    expect((await client.frame("signals")).signals).toEqual([{ from: ada.welcome.member, data: { x: 1 } }]);
  }
  ada.publish("m", "a message");
  expect(await plain.text()).toBe("a message");
  expect(await infoOf(room)).toMatchObject({ seq: 1 });
  expect(
    await inside(room, ({ sql }) => sql.exec("SELECT count(*) AS n FROM dormouse_segments").one().n),
  ).toBe(1);
});

test("[SIG-1] a signal to some reaches every session of theirs, once each, and nobody else's", async () => {
  const room = freshRoom();
  const key = "bob-bob-bob-bob-bob";
  const [ada, bob, again, cleo] = [
    await join(room),
    await join(room, "", key),
    await join(room, "", key),
    await join(room),
  ];
  ada.send(signal("psst", { to: [bob.welcome.member, bob.welcome.member, "nobody"] }));
  for (const client of [bob, again]) {
    expect((await client.frame("signals")).signals).toEqual([{ from: ada.welcome.member, data: "psst" }]);
  }
  for (const client of [ada, bob, again, cleo]) await client.expectQuiet();
});

test("[SIG-1] who may not read hears no signals, and may send them", async () => {
  const room = freshRoom();
  const mute = await join(room, "", await sign({ sub: "mute", can: ["signal"] }));
  const ada = await join(room);
  mute.send(signal(1));
  expect((await ada.frame("signals")).signals).toEqual([{ from: "mute", data: 1 }]);
  await ada.expectQuiet();
  mute.send({ type: "history", id: "h" });
  expect(await mute.frame("error")).toMatchObject({ code: "forbidden", id: "h" });
});

test("[SIG-2] those of one flush share a frame, and of one key only the latest arrives", async () => {
  const room = freshRoom();
  const [ada, bob] = [await join(room), await join(room)];
  await receiveAtOnce(room, ada.welcome.member, [
    signal("first, and alone"),
    signal(1, { key: "cursor" }),
    signal("a"),
    signal(2, { key: "cursor" }),
    signal(9, { key: "typing" }),
    signal(3, { key: "cursor" }),
    signal(4, { key: "cursor", to: [bob.welcome.member] }),
  ]);
  const from = ada.welcome.member;
  for (const client of [ada, bob]) {
    expect((await client.frame("signals")).signals).toEqual([{ from, data: "first, and alone" }]);
    const signals = (await client.frame("signals")).signals.map(({ data }) => data);
    expect(signals).toEqual(client === bob ? ["a", 9, 3, 4] : ["a", 9, 3]);
    await client.expectQuiet();
  }
});

test("[SIG-2] signals for some and for all come in the order in which they were sent, in one frame", async () => {
  const room = freshRoom();
  const [ada, bob, cleo] = [await join(room), await join(room), await join(room)];
  const to = [bob.welcome.member];
  const sent = [0, 1, 2, 3, 4, 5, 6].map((i) => signal(i, i % 2 === 1 ? { to } : {}));
  await receiveAtOnce(room, ada.welcome.member, sent);
  const heard = async (client: typeof ada, frames: number) => {
    const lists: unknown[] = [];
    for (let i = 0; i < frames; i++)
      lists.push((await client.frame("signals")).signals.map(({ data }) => data));
    await client.expectQuiet();
    return lists;
  };
  // The first goes at once, and alone.
  expect(await heard(bob, 2)).toEqual([[0], [1, 2, 3, 4, 5, 6]]);
  for (const client of [ada, cleo]) expect(await heard(client, 2)).toEqual([[0], [2, 4, 6]]);
});

test("[SIG-3] a signal has a size, told apart by its last byte", async () => {
  const room = freshRoom();
  const ada = await join(room);
  ada.send(signal("x".repeat(SIGNAL_BYTES - 2)));
  expect((await ada.frame("signals")).signals).toHaveLength(1);
  for (const data of ["x".repeat(SIGNAL_BYTES - 1), "é".repeat(SIGNAL_BYTES / 2)]) {
    ada.send(signal(data));
    expect((await ada.frame("error")).code).toBe("too_big");
  }
  ada.send(signal(1, { key: "" }));
  expect((await ada.frame("error")).code).toBe("invalid_event");
  ada.send(signal(1, { key: "k".repeat(65) }));
  expect((await ada.frame("error")).code).toBe("invalid_event");
  ada.send(signal(1, { to: Array.from({ length: 101 }, (_, i) => `m${i}`) }));
  expect((await ada.frame("error")).code).toBe("invalid_event");
  let deep: unknown = 1;
  for (let i = 0; i < 129; i++) deep = [deep];
  ada.send(signal(deep));
  expect((await ada.frame("error")).code).toBe("invalid_event");
});

test("[SIG-3] signals have a rate of their own: too many are told when to come again, and publishes are not held up", async () => {
  const room = freshRoom();
  const ada = await join(room);
  const many = Array.from({ length: 130 }, (_, i) => signal(i));
  await receiveAtOnce(room, ada.welcome.member, many);
  ada.publish("m", 1);
  const codes: string[] = [];
  let heard = 0;
  let isPublished = false;
  while (heard + codes.length < many.length || !isPublished) {
    const frame = parseDown(await ada.text());
    if (frame.type === "error") codes.push(frame.code);
    else if (frame.type === "signals") heard += frame.signals.length;
    else isPublished = frame.type === "messages";
  }
  expect([heard, new Set(codes)]).toEqual([100, new Set(["rate_limited"])]);
});

test("[SIG-3] no sleep and no return fills the bucket", async () => {
  const room = freshRoom();
  const key = "ada-ada-ada-ada-ada";
  const ada = await join(room, "", key);
  await receiveAtOnce(
    room,
    ada.welcome.member,
    Array.from({ length: 100 }, (_, i) => signal(i, { key: "k" })),
  );
  await evictDurableObject(env.ROOMS.getByName(room), { webSockets: "hibernate" });
  await receiveAtOnce(
    room,
    ada.welcome.member,
    Array.from({ length: 100 }, (_, i) => signal(i, { key: "k" })),
  );
  await waitFor(async () => expect(JSON.parse(await ada.text())).toMatchObject({ code: "rate_limited" }));
});
