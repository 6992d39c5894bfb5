import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { admissionRequest } from "../../src/rpc/admission.ts";
import { admission, infoOf, inside } from "./inside.ts";
import { freshRoom, type Got, join, RoomClient, welcomed } from "./room-client.ts";

const ADA = "ada-ada-ada-ada-ada";

const sleep = (room: string) => evictDurableObject(env.ROOMS.getByName(room), { webSockets: "hibernate" });

/** Shows that a room was out of memory: what a test left on the instance is gone. */
async function expectToForget(room: string, act: () => Promise<void>): Promise<void> {
  const mark = Symbol("seen before");
  await inside(room, ({ room: instance }) => void Object.defineProperty(instance, mark, { value: true }));
  await act();
  expect(await inside(room, ({ room: instance }) => Object.hasOwn(instance, mark))).toBe(false);
}

test("[SLEEP-1] a message after a room slept reaches every socket of either kind, with the next seq", async () => {
  const room = freshRoom();
  const [ada, bob, plain] = [await join(room), await join(room), await RoomClient.plain(room)];
  await expectToForget(room, async () => {
    ada.publish("before", "before");
    for (const client of [ada, bob]) expect((await client.message()).seq).toBe(1);
    await sleep(room);
    bob.publish("after", "after");
    for (const client of [ada, bob]) expect(await client.message()).toMatchObject({ seq: 2, data: "after" });
    for (const text of ["before", "after"]) expect(await plain.text()).toBe(text);
  });
});

test("[SLEEP-1] a plain socket wakes a room like others do", async () => {
  const room = freshRoom();
  const [ada, plain] = [await join(room), await RoomClient.plain(room)];
  await sleep(room);
  plain.send("good morning");
  expect(await ada.message()).toMatchObject({ seq: 1, data: "good morning" });
  expect(await plain.text()).toBe("good morning");
});

test("[SLEEP-1] nothing is lost or repeated over many sleeps", async () => {
  const room = freshRoom();
  const [ada, bob] = [await join(room), await join(room)];
  for (let night = 1; night <= 5; night++) {
    ada.publish(`a${night}`, night);
    bob.publish(`b${night}`, night);
    const seen = await ada.messages(2);
    expect(seen.map(({ seq }) => seq)).toEqual([2 * night - 1, 2 * night]);
    expect(await bob.messages(2)).toEqual(seen);
    await sleep(room);
  }
  const late = await join(room, "?history=100");
  expect((await late.messages(10)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("[SLEEP-1] the epoch is the same after a sleep", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await sleep(room);
  expect((await join(room)).welcome.epoch).toBe(ada.welcome.epoch);
});

test("[SLEEP-3] who a session is, is the same after a sleep", async () => {
  const room = freshRoom();
  const [ada, bob] = [await join(room, "?name=Ada", ADA), await RoomClient.plain(room, "?name=Bob")];
  const before: Got[] = [];
  const after: Got[] = [];
  for (const seen of [before, after]) {
    ada.publish(`${seen === after}`, 1);
    seen.push(await ada.message());
    bob.send("2");
    seen.push(await ada.message());
    await sleep(room);
  }
  const who = ({ from, name }: { from: string; name: string }) => ({ from, name });
  expect(before.map(who)).toEqual([
    { from: ada.welcome.member, name: "Ada" },
    { from: expect.stringMatching(/^guest_/), name: "Bob" },
  ]);
  expect(after.map(who)).toEqual(before.map(who));
});

test("[SLEEP-3] what a session may do, is the same after a sleep", async () => {
  const room = freshRoom();
  const enter = async (can: ("read" | "publish")[]) =>
    welcomed(await env.ROOMS.getByName(room).fetch(admissionRequest(admission({ can }))));
  const [reader, writer] = [await enter(["read"]), await enter(["publish"])];
  for (const night of [1, 2, 3]) {
    reader.publish(`r${night}`, 1);
    expect(await reader.frame("error")).toMatchObject({ code: "forbidden", id: `r${night}` });
    writer.publish(`w${night}`, 1);
    expect(await writer.frame("ack")).toEqual({ type: "ack", id: `w${night}`, seq: night });
    expect((await reader.message()).seq).toBe(night);
    writer.send({ type: "history", id: `h${night}` });
    expect(await writer.frame("error")).toMatchObject({ code: "forbidden", id: `h${night}` });
    await sleep(room);
  }
});

test("[SLEEP-3] the members of a room are counted right after a sleep", async () => {
  const room = freshRoom();
  await join(room, "", ADA);
  await join(room, "", ADA);
  await join(room);
  await sleep(room);
  expect((await infoOf(room)).count).toBe(2);
});

test("a socket that closes while the room sleeps has left it", async () => {
  const room = freshRoom();
  const [ada, bob] = [await join(room), await join(room)];
  await sleep(room);
  ada.socket.close(1000, "good night");
  await ada.closed();
  await vi.waitFor(async () => expect((await infoOf(room)).count).toBe(1));
  bob.publish("b", 1);
  expect((await bob.message()).seq).toBe(1);
});

test("where the sockets are closed with the room, clients see it, and the room is empty", async () => {
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
