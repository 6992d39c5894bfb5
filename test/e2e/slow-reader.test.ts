import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { joinRoom, type Room } from "../../src/client/index.ts";
import { openPaused, upgradeRequest } from "../support/handshake.ts";
import { type Service, startService } from "../support/service.ts";
import { eventually } from "../support/socket.ts";

const ACK_BYTES = 4096;
const MESSAGES = 1500;
const BATCH = 10;
/** All messages together are many windows. */
const DATA = "x".repeat(200);

let service: Service;
beforeAll(async () => {
  service = await startService({ ACK_BYTES: String(ACK_BYTES) });
});
afterAll(() => service.stop());

function seqsOf(room: Room): number[] {
  const seqs: number[] = [];
  room.on("message", ({ seq }) => seqs.push(seq));
  return seqs;
}

async function live(room: Room): Promise<Room> {
  await eventually(() => room.state.status === "live");
  return room;
}

const join = (name: string) => live(joinRoom(name, { host: service.url, cursor: null, queue: MESSAGES }));

test("[LIM-10] the client acknowledges by itself, and gets many windows in order over one connection", async () => {
  const name = randomUUID();
  const [reader, publisher] = await Promise.all([join(name), join(name)]);
  const seqs = seqsOf(reader);
  let connections = 0;
  reader.on("state", () => connections++);
  await Promise.all(Array.from({ length: MESSAGES }, () => publisher.publish(DATA)));
  await eventually(() => seqs.length === MESSAGES);
  expect(seqs).toEqual(Array.from({ length: MESSAGES }, (_, i) => i + 1));
  expect(connections).toBe(0);

  // A replay is acknowledged, too.
  const late = joinRoom(name, { host: service.url, cursor: null, history: MESSAGES });
  const replayed = seqsOf(late);
  await eventually(() => replayed.length === MESSAGES);
  expect(replayed).toEqual(seqs);
  for (const room of [reader, publisher, late]) room.leave();
});

test("[LIM-10] a client that stops reading gets no more than its window, and the others miss nothing", async () => {
  const name = randomUUID();
  const url = new URL(service.room(name));
  const paused = await openPaused(url, upgradeRequest(url, { subprotocol: "dormouse.v1" }));

  const publisher = await join(name);
  const seqs = seqsOf(publisher);
  // Small batches, since all messages of one batch are one frame.
  for (let sent = 0; sent < MESSAGES; sent += BATCH)
    await Promise.all(Array.from({ length: BATCH }, () => publisher.publish(DATA)));
  await eventually(() => seqs.length === MESSAGES);

  let bytes = 0;
  paused.on("data", (chunk) => {
    bytes += chunk.length;
  });
  paused.resume();
  await eventually(() => bytes > ACK_BYTES);
  // The window is there at once. More comes only after an acknowledgement.
  const quiet = await bytesAfterQuiet(() => bytes);
  expect(quiet).toBeLessThan(8 * ACK_BYTES + 4096);
  expect(bytes).toBeLessThan((MESSAGES * DATA.length) / 4);
  paused.destroy();
  publisher.leave();
});

/** The count, once it has not changed for a while. */
async function bytesAfterQuiet(count: () => number): Promise<number> {
  let before = -1;
  await eventually(async () => {
    if (count() === before) return true;
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return count() === before;
  });
  return count();
}
