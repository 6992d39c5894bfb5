import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { guestGrant } from "../../../src/auth/guest.ts";
import {
  type Frame,
  inside,
  publishBytesFrame,
  publishFrame,
  receiveAtOnce,
  socketOf,
  withNextJoin,
} from "../inside.ts";
import { freshRoom, type Got, join, RoomClient } from "../room-client.ts";

const seqs = (messages: readonly Got[]) => messages.map(({ seq }) => seq);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** A room with seqs 1 to 10: text and, as the fifth, bytes; segments of one and of several messages. */
async function roomOfTen(): Promise<{ room: string; ada: Awaited<ReturnType<typeof join>>; all: Got[] }> {
  const room = freshRoom();
  const ada = await join(room);
  const frames: Frame[] = range(1, 10).map((i) =>
    i === 5 ? publishBytesFrame("5", new Uint8Array([5])) : publishFrame(`${i}`, i),
  );
  await receiveAtOnce(room, ada.welcome.member, frames);
  return { room, ada, all: await ada.messages(10) };
}

describe("?history=N", () => {
  test.each([
    ["nothing", "", 11],
    ["nothing, by its name", "?history=0", 11],
    ["the last one", "?history=1", 10],
    ["from the middle of a segment", "?history=3", 8],
    ["a binary message first", "?history=6", 5],
    ["from the middle of the segment before", "?history=8", 3],
    ["all there are", "?history=10", 1],
    ["more than there are", "?history=999999999", 1],
  ])("[ORD-3] %s, then what comes live", async (_what, query, first) => {
    const { room, ada, all } = await roomOfTen();
    const bob = await join(room, query);
    expect(bob.welcome).toMatchObject({ seq: 10, resumed: false });
    expect(bob.welcome.reason).toBeUndefined();
    ada.publish("live", "live");
    const live = await ada.message();
    expect(await bob.messages(12 - first)).toEqual([...all.slice(first - 1), live]);
  });

  test("[ORD-3] of an empty room is nothing", async () => {
    const ada = await join(freshRoom(), "?history=10");
    expect(ada.welcome.seq).toBe(0);
    ada.publish("a", 1);
    expect((await ada.message()).seq).toBe(1);
  });
});

describe("a cursor", () => {
  test.each([
    ["at the beginning", 0],
    ["in the middle of a segment", 3],
    ["before a binary message", 4],
    ["at a binary message", 5],
    ["at the end", 10],
  ])("[ORD-3] %s gets exactly what was missed, then what comes live", async (_what, seq) => {
    const { room, ada, all } = await roomOfTen();
    const cursor = `${ada.welcome.epoch}.${seq}`;
    // A cursor that is honoured says where to begin, whatever history is asked for.
    const bob = await join(room, `?cursor=${cursor}&history=2`);
    expect(bob.welcome).toMatchObject({ seq: 10, resumed: true });
    ada.publish("live", "live");
    expect(await bob.messages(11 - seq)).toEqual([...all.slice(seq), await ada.message()]);
  });

  test.each([
    ["of another epoch", () => "0123456789abcdef.3", "epoch"],
    ["that is none", () => "rubbish", "epoch"],
    ["ahead of the room", (epoch: string) => `${epoch}.11`, "ahead"],
  ])("%s is told why it was not honoured, and where the room stands", async (_what, cursorIn, reason) => {
    const { room, ada, all } = await roomOfTen();
    const cursor = encodeURIComponent(cursorIn(ada.welcome.epoch));
    const bob = await join(room, `?cursor=${cursor}&history=2`);
    expect(bob.welcome).toMatchObject({ epoch: ada.welcome.epoch, seq: 10, resumed: false, reason });
    expect(await bob.messages(2)).toEqual(all.slice(8));
    const carol = await join(room, `?cursor=${cursor}`);
    await carol.expectQuiet();
  });

  test("[ORD-3] is good after the room was put out of memory and its sockets closed", async () => {
    const { room, ada } = await roomOfTen();
    await evictDurableObject(env.ROOMS.getByName(room), { webSockets: "close" });
    await ada.closed();
    const again = await join(room, `?cursor=${ada.welcome.epoch}.7`);
    expect(again.welcome).toMatchObject({ epoch: ada.welcome.epoch, seq: 10, resumed: true, count: 1 });
    again.publish("after", "after");
    expect(seqs(await again.messages(4))).toEqual([8, 9, 10, 11]);
  });
});

test("[ORD-3] whoever joins amid a stream gets all that its welcome says, then the rest", async () => {
  const room = freshRoom();
  const ada = await join(room);
  const joining: Promise<{ first: number; messages: Got[] }>[] = [];
  for (let i = 1; i <= 200; i++) {
    ada.publish(`${i}`, i);
    if (i % 20 !== 0) continue;
    const history = (i / 20) % 3 === 0 ? 1000 : (i / 20) % 3;
    joining.push(
      join(room, `?history=${history}`).then(async (client) => {
        const first = Math.max(1, client.welcome.seq + 1 - history);
        return { first, messages: await client.messages(201 - first) };
      }),
    );
    // Lets the room take some of it in, so that those who join find it in different states.
    if (i % 40 === 0) await ada.message();
  }
  for (const { first, messages } of await Promise.all(joining)) {
    expect(seqs(messages)).toEqual(range(first, 200));
    expect(messages.map(({ data }) => data)).toEqual(range(first, 200));
  }
});

describe("a replay of more than one page", () => {
  const BIG = "x".repeat(100 * 1024);
  const MANY = 12;
  const BOB_KEY = "bob-bob-bob-bob-bob";

  async function bigRoom() {
    const room = freshRoom();
    const ada = await join(room);
    for (let i = 1; i <= MANY; i++) {
      ada.publish(`${i}`, BIG);
      await ada.message();
    }
    return { room, ada };
  }

  test("[ORD-3] is not overtaken by what comes live", async () => {
    const { room, ada } = await bigRoom();
    const { member } = await guestGrant(BOB_KEY, undefined, 64);
    await withNextJoin(room, ({ room: instance, state }) => {
      // In the turn of the first page, so the replay is not over.
      const { replayFrom } = socketOf(state, member).deserializeAttachment();
      expect(replayFrom).toBeGreaterThan(0);
      expect(replayFrom).toBeLessThan(MANY);
      instance.webSocketMessage(socketOf(state, ada.welcome.member), publishFrame("live", "live"));
      instance.webSocketMessage(socketOf(state, member), publishFrame("own", "own"));
    });
    const bob = await join(room, `?history=${MANY}`, BOB_KEY);
    const messages = await bob.messages(MANY + 2);
    expect(seqs(messages)).toEqual(range(1, MANY + 2));
    expect(messages.map(({ id }) => id).slice(MANY)).toEqual(["live", "own"]);
    await bob.expectQuiet();
  });

  test("[ORD-3] is not overtaken on a plain socket either", async () => {
    const { room, ada } = await bigRoom();
    await withNextJoin(room, ({ room: instance, state }) =>
      instance.webSocketMessage(socketOf(state, ada.welcome.member), publishFrame("live", "live")),
    );
    const plain = await RoomClient.plain(room, `?history=${MANY}`);
    for (let i = 1; i <= MANY; i++) expect((await plain.text()).length).toBe(BIG.length);
    expect(await plain.text()).toBe("live");
  });

  test("[SLEEP-1] is taken up where the room was put out of memory amid it", async () => {
    const { room, ada } = await bigRoom();
    const bob = await join(room);
    await inside(room, ({ state }) => {
      const socket = socketOf(state, bob.welcome.member);
      socket.serializeAttachment({ ...socket.deserializeAttachment(), replayFrom: 2 });
    });
    await evictDurableObject(env.ROOMS.getByName(room));
    ada.publish("live", "live");
    expect(seqs(await bob.messages(MANY - 1))).toEqual(range(3, MANY + 1));
    expect((await ada.message()).id).toBe("live");
    await bob.expectQuiet();
  });
});

test("history pages stop at their beginning, and say so", async () => {
  const { ada, all } = await roomOfTen();
  const page = async (query: object) => {
    ada.send({ type: "history", id: "h", ...query });
    const { messages, more } = await ada.frame("history");
    return { seqs: messages.map(({ seq }) => seq), more };
  };
  expect(await page({})).toEqual({ seqs: seqs(all), more: false });
  expect(await page({ limit: 2 })).toEqual({ seqs: [9, 10], more: true });
  expect(await page({ before: 6, limit: 2 })).toEqual({ seqs: [4, 5], more: true });
  expect(await page({ before: 3, limit: 2 })).toEqual({ seqs: [1, 2], more: false });
  expect(await page({ before: 1 })).toEqual({ seqs: [], more: false });
  expect(await page({ before: 1000, limit: 1 })).toEqual({ seqs: [10], more: true });
});
