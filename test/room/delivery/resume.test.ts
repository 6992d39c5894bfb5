import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { inside, socketOf } from "../inside.ts";
import { freshRoom, type Joined, join, RoomClient } from "../room-client.ts";

const stub = (room: string) => env.ROOMS.getByName(room);

/** Publishes one by one, so that each is a flush of its own. */
async function say(client: Joined, ids: string[], data: unknown = "x"): Promise<void> {
  for (const id of ids) {
    client.publish(id, data);
    await client.message();
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("[RES-1] a client that returns with its cursor gets exactly what it missed, then live", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await say(ada, ["1", "2", "3", "4"]);
  for (const missed of [0, 1, 4]) {
    const bob = await join(room, `?cursor=${ada.welcome.epoch}.${4 - missed}`);
    expect(bob.welcome).toMatchObject({ resumed: true, seq: 4 });
    expect(bob.welcome).not.toHaveProperty("reason");
    expect((await bob.messages(missed)).map(({ seq }) => seq)).toEqual(range(5 - missed, 4));
    await bob.expectQuiet();
  }
  const late = await join(room, `?cursor=${ada.welcome.epoch}.2&history=4`);
  ada.publish("5", "live");
  expect((await late.messages(3)).map(({ seq }) => seq)).toEqual([3, 4, 5]);
});

test("[RES-1] it holds over hibernation, eviction and crash", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await say(ada, ["1", "2"]);
  const cursor = `${ada.welcome.epoch}.1`;
  const ends = [
    () => evictDurableObject(stub(room), { webSockets: "hibernate" }),
    () => evictDurableObject(stub(room), { webSockets: "close" }),
    () => abortAllDurableObjects(),
  ];
  for (const end of ends) {
    await end();
    const bob = await join(room, `?cursor=${cursor}`);
    expect(bob.welcome.resumed).toBe(true);
    expect(await bob.message()).toMatchObject({ seq: 2, id: "2" });
  }
});

test("[RES-3] a cursor that cannot be honoured is refused with its reason and a fresh position, and nothing in part", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await say(ada, ["1", "2", "3"]);
  const { epoch } = ada.welcome;
  const elsewhere = await join(freshRoom());
  const refusals: [string, string][] = [
    ["garbage", "epoch"],
    ["", "epoch"],
    [`${epoch}.-1`, "epoch"],
    [`${epoch}.1.5`, "epoch"],
    [`${epoch}.1e3`, "epoch"],
    [`${elsewhere.welcome.epoch}.0`, "epoch"],
    [`${epoch}.4`, "ahead"],
    [`${epoch}.9007199254740993`, "ahead"],
  ];
  for (const [cursor, reason] of refusals) {
    const bob = await join(room, `?cursor=${encodeURIComponent(cursor)}`);
    expect(bob.welcome).toMatchObject({ resumed: false, reason, epoch, seq: 3 });
    await bob.expectQuiet();
    const withHistory = await join(room, `?history=2&cursor=${encodeURIComponent(cursor)}`);
    expect(withHistory.welcome).toMatchObject({ resumed: false, reason });
    expect((await withHistory.messages(2)).map(({ seq }) => seq)).toEqual([2, 3]);
  }
});

/** Enough that a replay takes several pages. */
const LONG = range(1, 12).map(String);
const BIG = "x".repeat(100_000);

test("[RES-4] a replay of many pages and the messages sent meanwhile meet without a gap", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await say(ada, LONG, BIG);
  const bob = await join(room, `?cursor=${ada.welcome.epoch}.0`);
  expect(bob.welcome.seq).toBe(LONG.length);
  const wscat = await RoomClient.plain(room, `?history=${LONG.length}`);
  for (const id of ["a", "b", "c"]) ada.publish(id, id);
  expect((await bob.messages(LONG.length + 3)).map(({ seq }) => seq)).toEqual(range(1, LONG.length + 3));
  for (const _ of LONG) expect((await wscat.text()).length).toBe(BIG.length);
  expect([await wscat.text(), await wscat.text(), await wscat.text()]).toEqual(["a", "b", "c"]);
});

test("[RES-5] a replay that an eviction interrupts goes on where it was, by the alarm if by nothing else", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await say(ada, LONG, BIG);
  const bob = await join(room);
  // The position of a session that was in the middle of its replay when the object went out of memory.
  await inside(room, ({ state }) => {
    const socket = socketOf(state, bob.welcome.member);
    socket.serializeAttachment({ ...socket.deserializeAttachment(), replayFrom: 5 });
    return state.storage.setAlarm(Date.now() + 60_000);
  });
  await evictDurableObject(stub(room), { webSockets: "hibernate" });
  expect(await runDurableObjectAlarm(stub(room))).toBe(true);
  expect((await bob.messages(LONG.length - 5)).map(({ seq }) => seq)).toEqual(range(6, LONG.length));
  ada.publish("live", "live");
  expect(await bob.message()).toMatchObject({ seq: LONG.length + 1, data: "live" });
});

test("[RES-5] while a replay is under way an alarm is set, and none is left once the room is quiet but the one for retention", async () => {
  const room = freshRoom();
  const ada = await join(room);
  await say(ada, LONG, BIG);
  const retention = await inside(room, ({ state }) => state.storage.getAlarm());
  const bob = await join(room, `?cursor=${ada.welcome.epoch}.0`);
  const during = await inside(room, ({ state }) => state.storage.getAlarm());
  expect(during).toBeLessThan(Number(retention));
  await bob.messages(LONG.length);
  await runDurableObjectAlarm(stub(room));
  expect(await inside(room, ({ state }) => state.storage.getAlarm())).toBe(retention);
});
