import { expect, test } from "vitest";
import { freshRoom, type Joined, join } from "../room-client.ts";

/** Four times what is acknowledged at a time; a message is a sixteenth of it, less what a session is sent beside. */
const WINDOW = 4 * 1024 * 1024;
const DATA = "x".repeat(WINDOW / 16 - 500);
/** So many are more than a window and its last frame. */
const ENOUGH = 20;

/** Publishes so many big messages, and reads and acknowledges each. */
async function fill(publisher: Joined, count: number, prefix = "m"): Promise<void> {
  for (let i = 0; i < count; i++) {
    publisher.publish(`${prefix}${i}`, DATA);
    publisher.send({ type: "received", seq: (await publisher.message()).seq });
  }
}

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Reads and acknowledges each message up to a seq. */
async function drain(reader: Joined, last: number): Promise<number[]> {
  const seqs: number[] = [];
  while (seqs.at(-1) !== last) {
    const { seq } = await reader.message();
    seqs.push(seq);
    reader.send({ type: "received", seq });
  }
  return seqs;
}

test("[LIM-41] a session that returns marks is sent all of it; one that returns other texts is not", async () => {
  const room = freshRoom();
  const reader = await join(room, "?features=marks");
  const forger = await join(room, "?features=marks");
  const publisher = await join(room);
  const seqs: number[] = [];
  const all = new Promise<void>((resolve) => {
    reader.socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data));
      if (frame.type === "mark") reader.send({ type: "received", seq: seqs.at(-1), mark: frame.mark });
      if (frame.type === "messages") seqs.push(frame.first);
      if (frame.first === 3 * ENOUGH) resolve();
    });
  });
  let got = 0;
  let marks = 0;
  forger.socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(String(data));
    if (frame.type === "messages") got++;
    if (frame.type !== "mark") return;
    marks++;
    forger.send({ type: "received", seq: got, mark: crypto.randomUUID() });
  });
  await fill(publisher, 3 * ENOUGH);
  await all;
  expect(seqs).toEqual(upTo(3 * ENOUGH));
  // One mark is on its way at a time, and nothing but itself answers it.
  expect(marks).toBe(1);
  expect(got * DATA.length).toBeLessThanOrEqual(WINDOW + DATA.length);
});

test("[LIM-41] a session that acknowledges 64 MiB without proof is closed with 4009, and resumes", async () => {
  const room = freshRoom();
  const reader = await join(room);
  const publisher = await join(room, "?features=marks");
  const seqs: number[] = [];
  const closed = new Promise<CloseEvent>((resolve) => reader.socket.addEventListener("close", resolve));
  reader.socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(String(data));
    if (frame.type !== "messages") return;
    seqs.push(frame.first);
    reader.send({ type: "received", seq: frame.first });
  });
  const count = Math.ceil((66 * 1024 * 1024) / DATA.length);
  let published = 0;
  await new Promise<void>((resolve) => {
    publisher.socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data));
      if (frame.type === "mark") publisher.send({ type: "received", seq: published, mark: frame.mark });
      if (frame.type !== "messages") return;
      published = frame.first;
      if (published < count) publisher.publish(`m${published}`, DATA);
      else resolve();
    });
    publisher.publish("m0", DATA);
  });
  const { code, reason } = await closed;
  expect([code, reason]).toEqual([4009, expect.stringMatching(/marks/)]);
  const last = seqs.at(-1) ?? 0;
  expect(last * DATA.length).toBeGreaterThan(60 * 1024 * 1024);
  const back = await join(room, `?cursor=${reader.welcome.epoch}.${last}`);
  expect(back.welcome.resumed).toBe(true);
  expect(await drain(back, count)).toEqual(upTo(count, last + 1));
});
