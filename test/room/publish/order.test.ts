import { expect, test } from "vitest";
import { type Frame, publishBytesFrame, publishFrame, receiveAtOnce } from "../inside.ts";
import { freshRoom, join, RoomClient } from "../room-client.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

test("[ORD-1] everyone sees the messages of all in the same order, with no gap, publishers their own too", async () => {
  const room = freshRoom();
  const clients = [await join(room), await join(room), await join(room)];
  for (let i = 0; i < 50; i++) {
    for (const [who, client] of clients.entries()) client.publish(`${who}-${i}`, { who, i });
  }
  const [one, two, three] = await Promise.all(clients.map((client) => client.messages(150)));
  expect(one?.map(({ seq }) => seq)).toEqual(upTo(150));
  expect(two).toEqual(one);
  expect(three).toEqual(one);
  for (const [who, { welcome }] of clients.entries()) {
    const own = one?.filter(({ from }) => from === welcome.member);
    expect(own?.map(({ data }) => data)).toEqual(upTo(50).map((i) => ({ who, i: i - 1 })));
  }
});

test("[ORD-1] the history has the same order", async () => {
  const room = freshRoom();
  const ada = await join(room);
  for (const i of upTo(40)) ada.publish(`${i}`, i);
  const live = await ada.messages(40);
  ada.send({ type: "history", id: "h", limit: 40 });
  const { messages, more } = await ada.frame("history");
  expect(
    messages.map(({ seq, id, from, name, ...rest }) => ({
      seq,
      id,
      from,
      name,
      ...("data" in rest ? { data: rest.data } : {}),
    })),
  ).toEqual(live);
  expect(more).toBe(false);
});

test("[ORD-1] a message is told with the id and the data that its publisher gave it", async () => {
  const room = freshRoom();
  const ada = await join(room, "?name=Ada");
  const bob = await join(room);
  const data = { text: "大厅 🐭", list: [1, null, "\u0000"], "": false };
  ada.publish("my-id", data);
  const expected = { seq: 1, id: "my-id", from: ada.welcome.member, name: "Ada", data };
  expect(await bob.message()).toEqual(expected);
  expect(await ada.message()).toEqual(expected);
});

test("[ORD-2] text and bytes of either kind of socket share one order", async () => {
  const room = freshRoom();
  const [v1, plain, reader] = [await join(room), await RoomClient.plain(room), await join(room)];
  for (let i = 0; i < 20; i++) {
    v1.publish(`text-${i}`, `v1 text ${i}`);
    plain.send(`plain text ${i}`);
    v1.publishBytes(`bytes-${i}`, new Uint8Array([1, i]));
    plain.socket.send(new Uint8Array([2, i]));
  }
  const messages = await reader.messages(80);
  expect(messages.map(({ seq }) => seq)).toEqual(upTo(80));
  expect(await v1.messages(80)).toEqual(messages);
  // The plain socket sees no seq, so its order is that of the data.
  const seen: unknown[] = [];
  while (seen.length < 80) {
    const arrived = await plain.next();
    seen.push("bytes" in arrived ? [...arrived.bytes] : "text" in arrived ? arrived.text : arrived);
  }
  expect(seen).toEqual(messages.map(({ data }) => data));
  for (const sent of [upTo(20).map((i) => `plain text ${i - 1}`), upTo(20).map((i) => [2, i - 1])]) {
    const kept = seen.filter((data) => sent.some((one) => String(one) === String(data)));
    expect(kept).toEqual(sent);
  }
});

test("[ORD-2] text and bytes that share a flush keep their order", async () => {
  const room = freshRoom();
  const ada = await join(room);
  const plain = await RoomClient.plain(room);
  const kinds = "tbttbbtbbbttt";
  const frames: Frame[] = [...kinds].map((kind, i) =>
    kind === "t" ? publishFrame(`${i}`, `${i}`) : publishBytesFrame(`${i}`, new Uint8Array([i])),
  );
  await receiveAtOnce(room, ada.welcome.member, frames);
  const messages = await ada.messages(kinds.length);
  expect(messages.map(({ seq, id }) => [seq, id])).toEqual([...kinds].map((_, i) => [i + 1, `${i}`]));
  expect(messages.map(({ data }) => (typeof data === "string" ? "t" : "b")).join("")).toBe(kinds);
  for (const [i, kind] of [...kinds].entries()) {
    expect(await plain.next()).toEqual(kind === "t" ? { text: `${i}` } : { bytes: new Uint8Array([i]) });
  }
});
