import { describe, expect, test } from "vitest";
import type { CursorStore, JoinOptions, Room } from "../../src/client/index.ts";
import { eventually, TestSocket } from "../support/socket.ts";
import { closed, live, serviceRooms } from "./service-rooms.ts";

const rooms = serviceRooms({ HEARTBEAT_SECONDS: "1" });

/** Joins through the network, and records the messages and the states. */
function join(name: string, options: JoinOptions = {}): { room: Room; seen: unknown[]; states: string[] } {
  const room = rooms.join(name, options);
  const seen: unknown[] = [];
  const states: string[] = [];
  room.on("message", ({ seq, data, bytes }) => seen.push([seq, bytes === undefined ? data : [...bytes]]));
  room.on("state", ({ status }) => states.push(status));
  return { room, seen, states };
}

describe("Room", () => {
  test("resolves a publish with its seq, and delivers it as an event and to an iterator", async () => {
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

  test("[RES-1] [ONCE-1] delivers what was missed once and in order, and publishes what was queued once", async () => {
    const { room, seen, states } = join("tunnel");
    const other = await TestSocket.open(rooms.service.room("tunnel"));
    await live(room);
    await room.publish("one");
    rooms.network.unplug();
    await eventually(() => room.state.status !== "live");
    other.send("two");
    const queued = ["three", "four"].map((data) => room.publish(data));
    rooms.network.plug();
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

  test("[ONCE-1] sends a publish again whose acknowledgement was lost, and it lands once", async () => {
    const { room, seen } = join("once");
    await live(room);
    // The message reaches the room, but nothing comes back any more.
    const [leg] = rooms.network.legs;
    leg?.stall("down");
    const published = room.publish("only once");
    await eventually(
      async () =>
        (await rooms.service.sql("once", "SELECT count(*) AS n FROM dormouse_segments"))[0]?.n === 1,
    );
    leg?.cut();
    expect(await published).toMatchObject({ seq: 1 });
    await live(room);
    expect(seen).toEqual([[1, "only once"]]);
    expect(await rooms.service.sql("once", "SELECT max(last) AS n FROM dormouse_segments")).toEqual([
      { n: 1 },
    ]);
  });

  test("replaces a silent connection after a heartbeat", async () => {
    const { room, seen } = join("silent");
    const other = await TestSocket.open(rooms.service.room("silent"));
    await live(room);
    // It may wait for a moment only.
    const waits: unknown[] = [];
    room.on("state", (state) => {
      if (state.status === "waiting") waits.push(state);
    });
    for (const leg of rooms.network.legs) leg.stall();
    other.send("while away");
    await eventually(() => waits.length > 0, 15_000);
    expect(waits[0]).toMatchObject({ attempt: 1 });
    await eventually(() => seen.length === 1, 15_000);
  });

  test("[RES-1] resumes a new run after a stored cursor", async () => {
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
    const other = await TestSocket.open(rooms.service.room("kept"));
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
    const other = await TestSocket.open(rooms.service.room("gap"), "dormouse.v1");
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

  test("[RES-2] emits a gap for a cursor of another epoch", async () => {
    const cursor: CursorStore = { load: () => "another.5", save: () => {} };
    const { room } = join("elsewhere", { cursor });
    const gaps: unknown[] = [];
    room.on("gap", (gap) => gaps.push(gap));
    await live(room);
    expect(gaps).toMatchObject([{ reason: "epoch", seq: 0 }]);
  });

  test("rejects publishes beyond the queue while there is no connection", async () => {
    rooms.network.unplug();
    const { room } = join("full", { queue: 2 });
    const queued = [room.publish(1), room.publish(2)];
    await expect(room.publish(3)).rejects.toMatchObject({ code: "queue_full" });
    rooms.network.plug();
    expect((await Promise.all(queued)).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test("rejects a message that the server refuses, and stays connected", async () => {
    const { room } = join("refused");
    await live(room);
    await expect(room.publish("x".repeat(262_145))).rejects.toMatchObject({ code: "too_big" });
    expect(await room.publish("small")).toMatchObject({ seq: 1 });
    expect(room.pending).toBe(0);
  });

  test("asks for a token at each attempt", async () => {
    let asked = 0;
    const { room } = join("token", {
      token: async () => {
        asked++;
        return `a-fresh-guest-key-${asked}`;
      },
    });
    await live(room);
    const first = room.state.status === "live" && room.state.welcome.member;
    for (const leg of rooms.network.legs) leg.cut();
    await eventually(() => room.state.status !== "live");
    await live(room);
    expect(asked).toBe(2);
    expect(room.state).toMatchObject({ welcome: { member: expect.not.stringMatching(String(first)) } });
  });

  test("pages back through the history", async () => {
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

  test("ends its iterators when it is left, and lets one return while it waits", async () => {
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

  test("stays left when a listener leaves it", async () => {
    const { room, seen } = join("leave");
    await live(room);
    room.on("state", ({ status }) => {
      if (status === "connecting") room.leave();
    });
    for (const leg of rooms.network.legs) leg.cut();
    await closed(room);
    const other = await TestSocket.open(rooms.service.room("leave"));
    other.send("after");
    expect(await other.next()).toEqual({ text: "after" });
    expect(seen).toEqual([]);
    await eventually(
      async () => (await (await fetch(`${rooms.service.url}/v1/rooms/leave`)).json()).count === 1,
    );
  });

  test("survives a malformed frame, a cursor store that throws and a message that is far too big", async () => {
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

  test("rejects a history request once its connection is given up", async () => {
    const { room } = join("silent history");
    await live(room);
    for (const leg of rooms.network.legs) leg.stall();
    await expect(room.history()).rejects.toMatchObject({ name: "RoomError", code: "closed" });
    expect(room.state.status).toBe("waiting");
  });
});
