import { expect, test, vi } from "vitest";
import { follow } from "../../src/http/follow.ts";
import { welcomeWith } from "../client/welcome.ts";

const FRAME_BYTES = 50_000;

/** A room's side of a follower, which sends frames of 50,000 bytes and sees what is acknowledged. `seq`: where the room stands. */
function roomSide(ackBytes: number, seq = 0) {
  const { 0: far, 1: near } = new WebSocketPair();
  far.accept();
  const acknowledged: number[] = [];
  far.addEventListener("message", ({ data }) => {
    acknowledged.push(JSON.parse(String(data)).seq);
  });
  const stream = follow(near, { cursor: undefined, history: 0, heartbeatMs: 3_600_000 });
  const asked = welcomeWith();
  far.send(JSON.stringify({ ...asked, seq, limits: { ...asked.limits, ackBytes } }));
  const data = "x".repeat(FRAME_BYTES);
  const send = (seq: number) => {
    const messages = [{ id: `${seq}`, from: "m", name: "n", data }];
    far.send(JSON.stringify({ type: "messages", first: seq, at: 1, messages }));
  };
  const signal = () => far.send(JSON.stringify({ type: "signals", signals: [{ from: "m", data }] }));
  return { stream, send, signal, acknowledged };
}

/** Reads all there is, as it comes. */
async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

test("[API-7] what a follower has not read is acknowledged to the room only once it has", async () => {
  const { stream, send, acknowledged } = roomSide(2 * FRAME_BYTES);
  for (let seq = 1; seq <= 20; seq++) send(seq);
  await vi.waitFor(() => expect(acknowledged).toEqual([2, 4]));
  await scheduler.wait(100);
  expect(acknowledged).toEqual([2, 4]);
  const reader = stream.getReader();
  const reading = readAll(reader);
  await vi.waitFor(() => expect(acknowledged.at(-1)).toBe(20));
  await reader.cancel();
  await reading;
});

test("[API-7] signals, which make no events, are acknowledged, too", async () => {
  const { stream, signal, acknowledged } = roomSide(4 * FRAME_BYTES, 7);
  for (let i = 0; i < 9; i++) signal();
  await vi.waitFor(() => expect(acknowledged).toEqual([7, 7]));
  await stream.cancel();
});

test("[API-7] a follower who reads acknowledges after so many bytes, and not each frame", async () => {
  const { stream, send, acknowledged } = roomSide(4 * FRAME_BYTES);
  const reader = stream.getReader();
  const reading = readAll(reader);
  for (let seq = 1; seq <= 20; seq++) {
    send(seq);
    await vi.waitFor(() => expect(acknowledged.length).toBe(Math.floor(seq / 4)));
  }
  expect(acknowledged).toEqual([4, 8, 12, 16, 20]);
  await reader.cancel();
  await reading;
});
