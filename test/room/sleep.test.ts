import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { admissionRequest } from "../../src/rpc/admission.ts";
import { waitFor } from "../support/wait-for.ts";
import { admission, infoOf, inside } from "./inside.ts";
import { freshRoom, type Got, join, RoomClient, welcomed } from "./room-client.ts";

const ADA = "ada-ada-ada-ada-ada";

const hibernate = (room: string) =>
  evictDurableObject(env.ROOMS.getByName(room), { webSockets: "hibernate" });

/** Checks that the room left memory during `act`: a property set on the instance is gone. */
async function expectEviction(room: string, act: () => Promise<void>): Promise<void> {
  const mark = Symbol("mark");
  await inside(room, ({ room: instance }) => void Object.defineProperty(instance, mark, { value: true }));
  await act();
  expect(await inside(room, ({ room: instance }) => Object.hasOwn(instance, mark))).toBe(false);
}

test("[SLEEP-1] after hibernation a message reaches sockets of both kinds, with the next seq", async () => {
  const room = freshRoom();
  const [ada, bob, plain] = [await join(room), await join(room), await RoomClient.plain(room)];
  await expectEviction(room, async () => {
    ada.publish("before", "before");
    for (const client of [ada, bob]) expect((await client.message()).seq).toBe(1);
    await hibernate(room);
    bob.publish("after", "after");
    for (const client of [ada, bob]) expect(await client.message()).toMatchObject({ seq: 2, data: "after" });
    for (const text of ["before", "after"]) expect(await plain.text()).toBe(text);
  });
});

test("[SLEEP-1] a message from a plain socket wakes the room", async () => {
  const room = freshRoom();
  const [ada, plain] = [await join(room), await RoomClient.plain(room)];
  await hibernate(room);
  plain.send("hello");
  expect(await ada.message()).toMatchObject({ seq: 1, data: "hello" });
  expect(await plain.text()).toBe("hello");
});

test("[SLEEP-1] no message is lost or repeated over five hibernations", async () => {
  const room = freshRoom();
  const [ada, bob] = [await join(room), await join(room)];
  for (let round = 1; round <= 5; round++) {
    ada.publish(`a${round}`, round);
    bob.publish(`b${round}`, round);
    const seen = await ada.messages(2);
    expect(seen.map(({ seq }) => seq)).toEqual([2 * round - 1, 2 * round]);
    expect(await bob.messages(2)).toEqual(seen);
    await hibernate(room);
  }
  const late = await join(room, "?history=100");
  expect((await late.messages(10)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("[SLEEP-1] the epoch stays the same over hibernation", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await hibernate(room);
  expect((await join(room)).welcome.epoch).toBe(ada.welcome.epoch);
});

test("[SLEEP-3] the member and name of a session stay the same over hibernation", async () => {
  const room = freshRoom();
  const [ada, bob] = [await join(room, "?name=Ada", ADA), await RoomClient.plain(room, "?name=Bob")];
  const before: Got[] = [];
  const after: Got[] = [];
  for (const seen of [before, after]) {
    ada.publish(`${seen === after}`, 1);
    seen.push(await ada.message());
    bob.send("2");
    seen.push(await ada.message());
    await hibernate(room);
  }
  const identity = ({ from, name }: { from: string; name: string }) => ({ from, name });
  expect(before.map(identity)).toEqual([
    { from: ada.welcome.member, name: "Ada" },
    { from: expect.stringMatching(/^guest_/), name: "Bob" },
  ]);
  expect(after.map(identity)).toEqual(before.map(identity));
});

test("[SLEEP-3] the capabilities of a session stay the same over hibernation", async () => {
  const room = freshRoom();
  const joinWith = async (can: ("read" | "publish")[]) =>
    welcomed(await env.ROOMS.getByName(room).fetch(admissionRequest(admission({ can }))));
  const [reader, writer] = [await joinWith(["read"]), await joinWith(["publish"])];
  for (const round of [1, 2, 3]) {
    reader.publish(`r${round}`, 1);
    expect(await reader.frame("error")).toMatchObject({ code: "forbidden", id: `r${round}` });
    writer.publish(`w${round}`, 1);
    expect(await writer.frame("ack")).toEqual({ type: "ack", id: `w${round}`, seq: round });
    expect((await reader.message()).seq).toBe(round);
    writer.send({ type: "history", id: `h${round}` });
    expect(await writer.frame("error")).toMatchObject({ code: "forbidden", id: `h${round}` });
    await hibernate(room);
  }
});

test("[SLEEP-3] the member count is right after hibernation", async () => {
  const room = freshRoom();
  await join(room, "", ADA);
  await join(room, "", ADA);
  await join(room);
  await hibernate(room);
  expect((await infoOf(room)).count).toBe(2);
});

test("a socket that closes during hibernation leaves the room", async () => {
  const room = freshRoom();
  const [ada, bob] = [await join(room), await join(room)];
  await hibernate(room);
  ada.socket.close(1000, "goodbye");
  await ada.closed();
  await waitFor(async () => expect((await infoOf(room)).count).toBe(1));
  bob.publish("b", 1);
  expect((await bob.message()).seq).toBe(1);
});

test("an eviction that closes the sockets empties the room, and keeps its log", async () => {
  const room = freshRoom();
  const [ada, plain] = [await join(room), await RoomClient.plain(room)];
  ada.publish("a", "kept");
  await ada.message();
  expect(await plain.text()).toBe("kept");
  await evictDurableObject(env.ROOMS.getByName(room), { webSockets: "close" });
  for (const client of [ada, plain]) expect((await client.closed()).closed).toBe(1006);
  expect(await infoOf(room)).toMatchObject({ seq: 1, count: 0 });
  expect(await (await join(room, "?history=1")).message()).toMatchObject({ seq: 1, data: "kept" });
});
