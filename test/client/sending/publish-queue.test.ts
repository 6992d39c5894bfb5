import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RoomError } from "../../../src/client/error.ts";
import { PublishQueue } from "../../../src/client/sending/publish-queue.ts";
import { costOf, TokenBucket } from "../../../src/client/sending/token-bucket.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A queue with a sender that keeps what is sent. */
function queueWithSender(limits = { publishRate: 0, publishBurst: 100 }, options = {}) {
  const queue = new PublishQueue(options, new TokenBucket());
  const sent: string[] = [];
  const sender = {
    bufferedAmount: 0,
    lag: 0,
    send: (frame: string | ArrayBuffer) =>
      void sent.push(typeof frame === "string" ? JSON.parse(frame).id : "bytes"),
  };
  const connect = () => queue.connected(sender, limits);
  const add = (id: string, data: unknown = id) => {
    const published = queue.add(id, data);
    published.catch(() => {});
    return published;
  };
  return { queue, sent, sender, connect, add };
}

const tooFast = new RoomError("rate_limited", "Too fast.");

describe("PublishQueue", () => {
  test("[ONCE-1] sends pending publishes again over the next connection, in order, and once over each", async () => {
    const { queue, sent, connect, add } = queueWithSender();
    const a = add("a");
    add("b");
    connect();
    // The first goes alone, until it is known what the service holds against this client.
    expect(sent).toEqual(["a"]);
    queue.resolve("a", 7);
    expect(await a).toEqual({ id: "a", seq: 7 });
    expect(sent).toEqual(["a", "b"]);
    queue.disconnected();
    add("c");
    expect(sent).toEqual(["a", "b"]);
    connect();
    queue.resolve("b", 8);
    expect(sent).toEqual(["a", "b", "b", "c"]);
  });

  test("[ONCE-10] publishes an id once, and resolves both calls with its seq", async () => {
    const { queue, sent, connect, add } = queueWithSender();
    connect();
    const both = [add("a"), add("a", "again")];
    expect(sent).toEqual(["a"]);
    queue.resolve("a", 3);
    expect(await Promise.all(both)).toEqual([
      { id: "a", seq: 3 },
      { id: "a", seq: 3 },
    ]);
  });

  test("[LIM-20] sends no faster than the service allows, by the size of each frame", () => {
    const { queue, sent, connect, add } = queueWithSender({ publishRate: 20, publishBurst: 100 });
    connect();
    const data = "x".repeat(200_000);
    for (let i = 0; i < 60; i++) add(`${i}`, data);
    let tokens = 100;
    let seen = 0;
    for (let second = 0; second < 40; second++) {
      for (const id of sent.slice(seen)) {
        tokens -= costOf(data.length);
        queue.resolve(id, 1);
      }
      seen = sent.length;
      // A message that the service would refuse is never sent.
      expect(tokens).toBeGreaterThanOrEqual(0);
      vi.advanceTimersByTime(1000);
      tokens = Math.min(100, tokens + 20);
    }
    expect(sent).toEqual(Array.from({ length: 60 }, (_, i) => `${i}`).slice(0, sent.length));
    expect(sent.length).toBe(60);
  });

  test("[LIM-20] sends no more than the service takes at once, however late the frames arrive and together", () => {
    const { queue, sent, connect, add } = queueWithSender({ publishRate: 50, publishBurst: 10 });
    connect();
    for (let i = 0; i < 200; i++) add(`${i}`);
    let tokens = 10;
    let refilledAt = Date.now();
    let arrived = 0;
    // The network holds the frames up for half a second at a time, and the service's bucket is full long before that.
    for (let stall = 0; stall < 60; stall++) {
      tokens = Math.min(10, tokens + (Date.now() - refilledAt) * 0.05);
      refilledAt = Date.now();
      const together = sent.slice(arrived);
      arrived = sent.length;
      tokens -= together.length;
      expect(tokens).toBeGreaterThanOrEqual(0);
      for (const id of together) queue.resolve(id, Number(id) + 1);
      vi.advanceTimersByTime(500);
    }
    expect(sent).toEqual(Array.from({ length: 200 }, (_, i) => `${i}`));
  });

  test("[LIM-20] counts what the last connection took along without an answer", () => {
    const { queue, sent, connect, add } = queueWithSender({ publishRate: 20, publishBurst: 10 });
    connect();
    for (let i = 0; i < 20; i++) add(`${i}`);
    const first = sent.length;
    queue.disconnected();
    connect();
    queue.resolve("0", 1);
    // The service may have charged them all, and has refilled nothing since.
    expect(sent.slice(first)).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(sent.slice(first, first + 2)).toEqual(["1", "2"]);
  });

  test("[RES-10] delays the publishes after one that is delayed", () => {
    const { queue, sent, connect, add } = queueWithSender();
    connect();
    add("a");
    queue.refused("a", tooFast, 20_000);
    add("b");
    vi.advanceTimersByTime(19_999);
    expect(sent).toEqual(["a"]);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual(["a", "a"]);
    queue.resolve("a", 1);
    expect(sent).toEqual(["a", "a", "b"]);
    expect(queue.refused("c", tooFast, 20_000)).toBe(false);
  });

  test("[RES-10] holds back the publishes after a refused one until it is settled, also where others are in flight", () => {
    const { queue, sent, connect, add } = queueWithSender();
    connect();
    for (const id of ["a", "b", "c"]) add(id);
    queue.refused("a", tooFast, 1000);
    queue.refused("b", tooFast, 1000);
    queue.resolve("c", 1);
    add("d");
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual(["a", "b", "c", "a"]);
    queue.refused("a", tooFast, 1000);
    vi.advanceTimersByTime(1000);
    queue.resolve("a", 2);
    expect(sent).toEqual(["a", "b", "c", "a", "a", "b"]);
    queue.resolve("b", 3);
    expect(sent).toEqual(["a", "b", "c", "a", "a", "b", "d"]);
  });

  test("[RES-10] rejects a publish with the code of the room that refuses it ten times in a row for a while", async () => {
    const { queue, sent, connect, add } = queueWithSender();
    connect();
    const a = add("a");
    for (let refusal = 1; refusal <= 10; refusal++) {
      queue.refused("a", tooFast, 1000);
      if (refusal === 1) add("b");
      vi.advanceTimersByTime(1000);
    }
    expect(sent).toEqual(Array(11).fill("a"));
    queue.refused("a", tooFast, 1000);
    await expect(a).rejects.toMatchObject({ code: "rate_limited" });
    expect([sent.at(-1), queue.size]).toEqual(["b", 1]);
  });

  test("[RES-10] sends a message again for as long as the room cannot store it", () => {
    const { queue, sent, connect, add } = queueWithSender();
    connect();
    add("a");
    for (let second = 0; second < 60; second++) {
      queue.refused("a", new RoomError("unavailable", "Not now."), 1000);
      vi.advanceTimersByTime(1000);
    }
    expect([queue.size, sent.length]).toEqual([1, 61]);
  });

  test("retries after a second what the room could not store, and rejects what it refuses for good", async () => {
    const { queue, sent, connect, add } = queueWithSender();
    connect();
    const a = add("a");
    queue.refused("a", new RoomError("unavailable", "Not now."));
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual(["a", "a"]);
    queue.refused("a", new RoomError("too_big", "Too big."));
    await expect(a).rejects.toMatchObject({ code: "too_big" });
    expect(queue.size).toBe(0);
  });

  test("sends a publish again after fifteen seconds without an answer, unless the send buffer still drains", () => {
    const { sent, sender, connect, add } = queueWithSender();
    connect();
    add("a");
    vi.advanceTimersByTime(14_999);
    expect(sent).toEqual(["a"]);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual(["a", "a"]);
    sender.bufferedAmount = 200_000;
    vi.advanceTimersByTime(60_000);
    expect(sent).toEqual(["a", "a"]);
    sender.bufferedAmount = 0;
    vi.advanceTimersByTime(15_000);
    expect(sent).toEqual(["a", "a", "a"]);
  });

  test("[RES-11] adds nothing to a full send buffer, so that a ping has room", () => {
    const { sent, sender, connect, add } = queueWithSender();
    connect();
    sender.bufferedAmount = 60_000;
    add("a", "x".repeat(10_000));
    expect(sent).toEqual([]);
    sender.bufferedAmount = 20_000;
    vi.advanceTimersByTime(50);
    expect(sent).toEqual(["a"]);
  });

  test("[LIM-21] rejects publishes beyond its bounds in messages and in bytes", async () => {
    const few = queueWithSender(undefined, { queue: 2, queueBytes: 1000 });
    few.add("a");
    few.add("b");
    await expect(few.queue.add("c", "c")).rejects.toMatchObject({ code: "queue_full" });
    few.queue.resolve("a", 1);
    await expect(few.queue.add("c", "x".repeat(1000))).rejects.toMatchObject({ code: "queue_full" });
    few.add("c");
    few.queue.resolve("b", 2);
    few.queue.resolve("c", 3);
    // One message alone always passes.
    few.add("d", "x".repeat(5000));
    expect(few.queue.size).toBe(1);
  });

  test("sends bytes as a binary frame, also a view of a part of a buffer", () => {
    const queue = new PublishQueue({}, new TokenBucket());
    const sent: ArrayBuffer[] = [];
    const send = (frame: string | ArrayBuffer) => void sent.push(frame as ArrayBuffer);
    queue.connected({ bufferedAmount: 0, lag: 0, send }, { publishRate: 0, publishBurst: 1 });
    void queue.add("b", new Uint8Array([9, 1, 2, 9]).subarray(1, 3));
    const bytes = new Uint8Array(sent[0] ?? new ArrayBuffer(0));
    expect([...bytes.slice(-2)]).toEqual([1, 2]);
    expect(new DataView(bytes.buffer).getUint32(0)).toBe(bytes.length - 4 - 2);
  });

  test("rejects everything at the end, and leaves no timer", async () => {
    const { queue, connect, add } = queueWithSender();
    connect();
    const left = add("a");
    queue.clear(new RoomError("left", "Left."));
    await expect(left).rejects.toMatchObject({ code: "left" });
    expect(vi.getTimerCount()).toBe(0);
  });
});
