import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type ConnectionState,
  type CursorStore,
  type JoinOptions,
  joinRoom,
  type Room,
} from "../../src/client/index.ts";
import { Network } from "../support/network.ts";
import { type Service, startService } from "../support/service.ts";
import { eventually, TestSocket } from "../support/socket.ts";

let service: Service;
let network: Network;
const joined: Room[] = [];

beforeAll(async () => {
  service = await startService({ HEARTBEAT_SECONDS: "1" });
  network = await Network.start(() => Number(new URL(service.url).port));
});

afterEach(() => {
  network.plug();
  for (const room of joined.splice(0)) room.leave();
});

afterAll(async () => {
  await network.stop();
  await service.stop();
});

/** Joins through the network that can be taken away, and keeps what arrived. */
function join(name: string, options: JoinOptions = {}): { room: Room; seen: unknown[]; states: string[] } {
  const room = joinRoom(name, { host: `127.0.0.1:${network.port}`, ...options });
  joined.push(room);
  const seen: unknown[] = [];
  const states: string[] = [];
  room.on("message", ({ seq, data, bytes }) => seen.push([seq, bytes === undefined ? data : [...bytes]]));
  room.on("state", ({ status }) => states.push(status));
  return { room, seen, states };
}

const live = (room: Room) => eventually(() => room.state.status === "live", 15_000);
const closed = async (room: Room): Promise<ConnectionState> => {
  await eventually(() => room.state.status === "closed");
  return room.state;
};

test("publish resolves with the seq, for JSON and bytes, and the message comes as an event and to an iterator", async () => {
  const { room, seen } = join("first");
  const iterated: unknown[] = [];
  const iteration = (async () => {
    for await (const { seq } of room) iterated.push(seq);
  })();
  // Before the connection is there: it is queued.
  expect(await room.publish({ text: "hello" })).toMatchObject({ seq: 1 });
  expect(await room.publish(new Uint8Array([1, 2]))).toMatchObject({ seq: 2 });
  expect(seen).toEqual([
    [1, { text: "hello" }],
    [2, [1, 2]],
  ]);
  expect(room.cursor).toMatch(/^[^.]+\.2$/);
  room.leave();
  await iteration;
  expect(iterated).toEqual([1, 2]);
  expect(room.state).toMatchObject({ status: "closed", code: "left" });
  await expect(room.publish("late")).rejects.toMatchObject({ code: "closed" });
});

test("[RES-1] [ONCE-1] what was missed comes once and in order, and what was queued lands once", async () => {
  const { room, seen, states } = join("tunnel");
  const other = await TestSocket.open(service.room("tunnel"));
  await live(room);
  await room.publish("one");
  network.unplug();
  await eventually(() => room.state.status !== "live");
  other.send("two");
  const queued = ["three", "four"].map((data) => room.publish(data));
  network.plug();
  const seqs = (await Promise.all(queued)).map(({ seq }) => seq);
  expect(seqs).toEqual([3, 4]);
  expect(seen).toEqual([
    [1, "one"],
    [2, "two"],
    [3, "three"],
    [4, "four"],
  ]);
  expect(states).toContain("waiting");
  expect(room.state).toMatchObject({ status: "live", welcome: { resumed: true } });
});

test("[ONCE-1] a publish whose acknowledgement was lost is sent again and lands once", async () => {
  const { room, seen } = join("once");
  await live(room);
  // The message reaches the room, but nothing comes back any more.
  const [leg] = network.legs;
  leg?.stall("down");
  const published = room.publish("only once");
  await eventually(async () => (await service.sql("once", "SELECT count(*) AS n FROM segments"))[0]?.n === 1);
  leg?.cut();
  expect(await published).toMatchObject({ seq: 1 });
  await live(room);
  expect(seen).toEqual([[1, "only once"]]);
  expect(await service.sql("once", "SELECT max(last) AS n FROM segments")).toEqual([{ n: 1 }]);
});

test("a connection that fell silent is noticed by the heartbeat and replaced", async () => {
  const { room, seen } = join("silent");
  const other = await TestSocket.open(service.room("silent"));
  await live(room);
  for (const leg of network.legs) leg.stall();
  other.send("while away");
  await eventually(() => room.state.status === "waiting", 5000);
  expect(room.state).toMatchObject({ attempt: 1 });
  await eventually(() => seen.length === 1, 15_000);
});

test("[RES-1] a cursor that was kept brings a new run what came after it, and nothing else", async () => {
  let kept: string | undefined;
  const cursor: CursorStore = {
    load: () => kept,
    save: (next) => {
      kept = next;
    },
  };
  const before = join("kept", { cursor });
  await before.room.publish("before");
  before.room.leave();
  const other = await TestSocket.open(service.room("kept"));
  other.send("between");
  const after = join("kept", { cursor });
  await eventually(() => after.seen.length > 0);
  expect(after.seen).toEqual([[2, "between"]]);
});

test("[RES-2] a gap is noticed, and healed by coming back with the cursor", async () => {
  let dropped = 0;
  const { room, seen } = join("gap", {
    socket: (url, protocols) => {
      const socket = new WebSocket(url, protocols);
      // A socket that loses the second message, as no WebSocket should.
      socket.addEventListener("message", (event) => {
        if (dropped === 0 && String(event.data).includes('"first":2,')) {
          dropped++;
          event.stopImmediatePropagation();
        }
      });
      return socket;
    },
  });
  const other = await TestSocket.open(service.room("gap"), "dormouse.v1");
  await live(room);
  for (const id of ["1", "2", "3"]) {
    other.send({ type: "publish", id, data: id });
    await other.until("messages");
  }
  await eventually(() => seen.length === 3);
  expect(dropped).toBe(1);
  expect(seen).toEqual([
    [1, "1"],
    [2, "2"],
    [3, "3"],
  ]);
});

test("[RES-2] a cursor of another epoch is told as a gap", async () => {
  const cursor: CursorStore = { load: () => "another.5", save: () => {} };
  const { room } = join("elsewhere", { cursor });
  const gaps: unknown[] = [];
  room.on("gap", (gap) => gaps.push(gap));
  await live(room);
  expect(gaps).toMatchObject([{ reason: "epoch", seq: 0 }]);
});

test("the queue is bounded while there is no connection", async () => {
  network.unplug();
  const { room } = join("full", { queue: 2 });
  const queued = [room.publish(1), room.publish(2)];
  await expect(room.publish(3)).rejects.toMatchObject({ code: "queue_full" });
  network.plug();
  expect((await Promise.all(queued)).map(({ seq }) => seq)).toEqual([1, 2]);
});

test("a message that is refused for good rejects, and the connection stays", async () => {
  const { room } = join("refused");
  await live(room);
  await expect(room.publish("x".repeat(262_145))).rejects.toMatchObject({ code: "too_big" });
  expect(await room.publish("small")).toMatchObject({ seq: 1 });
  expect(room.pending).toBe(0);
});

test("a token is asked for afresh at each attempt", async () => {
  let asked = 0;
  const { room } = join("token", {
    token: async () => {
      asked++;
      return `a-fresh-guest-key-${asked}`;
    },
  });
  await live(room);
  const first = room.state.status === "live" && room.state.welcome.member;
  for (const leg of network.legs) leg.cut();
  await eventually(() => room.state.status !== "live");
  await live(room);
  expect(asked).toBe(2);
  expect(room.state).toMatchObject({ welcome: { member: expect.not.stringMatching(String(first)) } });
});

test("history pages back", async () => {
  const { room } = join("pages");
  for (let i = 1; i <= 5; i++) await room.publish(i);
  const newest = await room.history({ limit: 2 });
  expect(newest).toMatchObject({ messages: [{ seq: 4 }, { seq: 5 }], more: true });
  expect(await room.history({ before: 3 })).toMatchObject({
    messages: [{ seq: 1 }, { seq: 2 }],
    more: false,
  });
  await expect(room.history({ limit: 0 })).rejects.toMatchObject({ code: "invalid_event" });
});

test("an iterator ends with the room, also one that begins after it, and can be given up while it waits", async () => {
  const { room } = join("iterate");
  const iterator = room[Symbol.asyncIterator]();
  const waiting = iterator.next();
  await iterator.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  const eager = room[Symbol.asyncIterator]();
  await room.publish("before next");
  expect(await eager.next()).toMatchObject({ done: false, value: { data: "before next" } });
  room.leave();
  expect(await eager.next()).toMatchObject({ done: true });
  expect(await room[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
});

test("a room that is left in a listener stays left: no socket, no message", async () => {
  const { room, seen } = join("leave");
  await live(room);
  room.on("state", ({ status }) => {
    if (status === "connecting") room.leave();
  });
  for (const leg of network.legs) leg.cut();
  await closed(room);
  const other = await TestSocket.open(service.room("leave"));
  other.send("after");
  expect(await other.next()).toEqual({ text: "after" });
  expect(seen).toEqual([]);
  await eventually(async () => (await (await fetch(`${service.url}/v1/rooms/leave`)).json()).count === 1);
});

test("a frame that is none of the protocol's, a store that fails and a message far too big cost no more than themselves", async () => {
  const cursor: CursorStore = {
    load: () => {
      throw new Error("no storage");
    },
    save: () => {
      throw new Error("full");
    },
  };
  let spoilt = false;
  const { room } = join("faults", {
    cursor,
    socket: (url, protocols) => {
      const socket = new WebSocket(url, protocols);
      socket.addEventListener("open", () => {
        if (!spoilt)
          setTimeout(() => socket.onmessage?.(new MessageEvent("message", { data: "not JSON" })), 200);
        spoilt = true;
      });
      return socket;
    },
  });
  const errors: string[] = [];
  room.on("error", ({ code }) => errors.push(code));
  await eventually(() => errors.includes("bad_frame"));
  expect(await room.publish("after it")).toMatchObject({ seq: 1 });
  expect(errors).toContain("cursor");
  await expect(room.publish(new Uint8Array(11 * 1024 * 1024))).rejects.toMatchObject({ code: "too_big" });
  expect(await room.publish("and after that")).toMatchObject({ seq: 2 });
});
