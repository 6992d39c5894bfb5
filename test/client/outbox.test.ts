import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RoomError } from "../../src/client/error.ts";
import { Outbox } from "../../src/client/outbox.ts";
import { costOf } from "../../src/client/token-bucket.ts";

const MOST = { count: 1000, bytes: 16 * 1024 * 1024 };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** An outbox with a connection to it that keeps what is sent. `buffered`: what the socket has not sent yet. */
function scene(limits = { publishRate: 0, publishBurst: 100 }, most = MOST) {
  const outbox = new Outbox(most);
  const sent: string[] = [];
  const socket = {
    buffered: 0,
    lag: 0,
    send: (frame: string | ArrayBuffer) =>
      void sent.push(typeof frame === "string" ? JSON.parse(frame).id : "bytes"),
  };
  const open = () => outbox.open(socket, limits);
  const add = (id: string, data: unknown = id) => {
    const published = outbox.add(id, data);
    published.catch(() => {});
    return published;
  };
  return { outbox, sent, socket, open, add };
}

const tooFast = new RoomError("rate_limited", "Too fast.");

test("[ONCE-1] what is unsettled is sent again over the next connection, in its order, and once over each", async () => {
  const { outbox, sent, open, add } = scene();
  const a = add("a");
  add("b");
  open();
  // The first goes alone, until it is known what the service holds against this client.
  expect(sent).toEqual(["a"]);
  outbox.landed("a", 7);
  expect(await a).toEqual({ id: "a", seq: 7 });
  expect(sent).toEqual(["a", "b"]);
  outbox.close();
  add("c");
  expect(sent).toEqual(["a", "b"]);
  open();
  outbox.landed("b", 8);
  expect(sent).toEqual(["a", "b", "b", "c"]);
});

test("[ONCE-10] one id that is published twice is one message, and both are told its seq", async () => {
  const { outbox, sent, open, add } = scene();
  open();
  const both = [add("a"), add("a", "again")];
  expect(sent).toEqual(["a"]);
  outbox.landed("a", 3);
  expect(await Promise.all(both)).toEqual([
    { id: "a", seq: 3 },
    { id: "a", seq: 3 },
  ]);
});

test("[LIM-20] it sends no faster than the service allows, by the size of each frame", () => {
  const { outbox, sent, open, add } = scene({ publishRate: 20, publishBurst: 100 });
  open();
  const data = "x".repeat(200_000);
  for (let i = 0; i < 60; i++) add(`${i}`, data);
  let tokens = 100;
  let seen = 0;
  for (let second = 0; second < 40; second++) {
    for (const id of sent.slice(seen)) {
      tokens -= costOf(data.length);
      outbox.landed(id, 1);
    }
    seen = sent.length;
    // What the service would refuse is never sent.
    expect(tokens).toBeGreaterThanOrEqual(0);
    vi.advanceTimersByTime(1000);
    tokens = Math.min(100, tokens + 20);
  }
  expect(sent).toEqual(Array.from({ length: 60 }, (_, i) => `${i}`).slice(0, sent.length));
  expect(sent.length).toBe(60);
});

test("[RES-10] what is put off holds back what comes after it", () => {
  const { outbox, sent, open, add } = scene();
  open();
  add("a");
  outbox.refuse("a", tooFast, 20_000);
  add("b");
  vi.advanceTimersByTime(19_999);
  expect(sent).toEqual(["a"]);
  vi.advanceTimersByTime(1);
  expect(sent).toEqual(["a", "a", "b"]);
  expect(outbox.refuse("c", tooFast, 20_000)).toBe(false);
});

test("what the room could not store is tried again after a second, and what is refused for good is settled", async () => {
  const { outbox, sent, open, add } = scene();
  open();
  const a = add("a");
  outbox.refuse("a", new RoomError("unavailable", "Not now."));
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual(["a", "a"]);
  outbox.refuse("a", new RoomError("too_big", "Too big."));
  await expect(a).rejects.toMatchObject({ code: "too_big" });
  expect(outbox.size).toBe(0);
});

test("what gets no answer for fifteen seconds is sent again, unless it is still leaving", () => {
  const { sent, socket, open, add } = scene();
  open();
  add("a");
  vi.advanceTimersByTime(14_999);
  expect(sent).toEqual(["a"]);
  vi.advanceTimersByTime(1);
  expect(sent).toEqual(["a", "a"]);
  socket.buffered = 200_000;
  vi.advanceTimersByTime(60_000);
  expect(sent).toEqual(["a", "a"]);
  socket.buffered = 0;
  vi.advanceTimersByTime(15_000);
  expect(sent).toEqual(["a", "a", "a"]);
});

test("[RES-11] nothing more is put into a socket that has much to send, so that a ping has room", () => {
  const { sent, socket, open, add } = scene();
  open();
  socket.buffered = 60_000;
  add("a", "x".repeat(10_000));
  expect(sent).toEqual([]);
  socket.buffered = 20_000;
  vi.advanceTimersByTime(50);
  expect(sent).toEqual(["a"]);
});

test("[LIM-21] the queue is bounded in messages and in bytes, and says so", () => {
  const few = scene(undefined, { count: 2, bytes: 1000 });
  few.add("a");
  few.add("b");
  expect(() => few.outbox.add("c", "c")).toThrow(expect.objectContaining({ code: "queue_full" }));
  few.outbox.landed("a", 1);
  expect(() => few.outbox.add("c", "x".repeat(1000))).toThrow(
    expect.objectContaining({ code: "queue_full" }),
  );
  few.add("c");
  few.outbox.landed("b", 2);
  few.outbox.landed("c", 3);
  // One message alone always passes.
  few.add("d", "x".repeat(5000));
  expect(few.outbox.size).toBe(1);
});

test("bytes go out as a binary frame, also a view on a part of a buffer", () => {
  const outbox = new Outbox(MOST);
  const sent: ArrayBuffer[] = [];
  const send = (frame: string | ArrayBuffer) => void sent.push(frame as ArrayBuffer);
  outbox.open({ buffered: 0, lag: 0, send }, { publishRate: 0, publishBurst: 1 });
  void outbox.add("b", new Uint8Array([9, 1, 2, 9]).subarray(1, 3));
  const bytes = new Uint8Array(sent[0] ?? new ArrayBuffer(0));
  expect([...bytes.slice(-2)]).toEqual([1, 2]);
  expect(new DataView(bytes.buffer).getUint32(0)).toBe(bytes.length - 4 - 2);
});

test("at the end, all that is left is refused, and no timer is left", async () => {
  const { outbox, open, add } = scene();
  open();
  const left = add("a");
  outbox.end(new RoomError("left", "Left."));
  await expect(left).rejects.toMatchObject({ code: "left" });
  expect(vi.getTimerCount()).toBe(0);
});
