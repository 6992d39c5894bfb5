import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPaused, upgradeRequest } from "../support/handshake.ts";
import { usageOf } from "../support/process-usage.ts";
import { TestSocket } from "../support/socket.ts";
import { startWorkerd, type Workerd } from "../support/workerd/workerd.ts";
import { frame, TEXT } from "../wire/raw-socket.ts";

/** What a room's budgets allow, twice over, since native memory holds each byte about twice, and room for the heap. */
const MOST_GROWTH_MB = 320;
const DATA = "x".repeat(200_000);

let service: Workerd;
let paused: Socket[] = [];

beforeAll(async () => {
  service = await startWorkerd({ vars: { PUBLISH_RATE: "0", SIGNAL_RATE: "0", READ_RATE: "0" } });
});
afterAll(async () => {
  for (const socket of paused) socket.destroy();
  await service?.stop();
});

/** A WebSocket that joins a room, and then reads nothing. */
async function stuck(room: string, query: string, subprotocol?: string): Promise<Socket> {
  const url = new URL(service.room(room, query));
  const socket = await openPaused(url, upgradeRequest(url, { subprotocol }));
  paused.push(socket);
  return socket;
}

/** Publishes big messages, and reads its own. */
async function fill(publisher: TestSocket, count: number, each: (seq: number) => void = () => {}) {
  for (let i = 0; i < count; i++) {
    publisher.send({ type: "publish", id: `${Math.random()}`, data: DATA });
    const { first } = await publisher.until("messages", 20_000);
    publisher.send({ type: "received", seq: first });
    each(Number(first));
  }
}

/** The most that the runtime's memory grew by while something was done. */
async function growthOf(act: () => Promise<void>): Promise<number> {
  const before = usageOf(service.pid).rssMB;
  let most = before;
  const meter = setInterval(() => {
    most = Math.max(most, usageOf(service.pid).rssMB);
  }, 50);
  await act();
  await sleep(1000);
  clearInterval(meter);
  for (const socket of paused) socket.destroy();
  paused = [];
  return most - before;
}

test("[LIM-40] 80 plain sockets that ask for a history of 30 MB and read nothing take a bounded amount of memory", async () => {
  const publisher = await TestSocket.open(service.room("plain"), "dormouse.v1");
  await fill(publisher, 150);
  const growth = await growthOf(async () => {
    for (let i = 0; i < 80; i++) await stuck("plain", "?history=5000");
  });
  publisher.ws.terminate();
  expect(growth).toBeLessThan(MOST_GROWTH_MB);
});

test("[LIM-41] 64 sockets that never read, and acknowledge what they learned elsewhere, take a bounded amount of memory", async () => {
  const publisher = await TestSocket.open(service.room("liars"), "dormouse.v1");
  const growth = await growthOf(async () => {
    const liars = await Promise.all(Array.from({ length: 64 }, () => stuck("liars", "", "dormouse.v1")));
    // 64 sockets times 40 MB, were each of them believed.
    await fill(publisher, 200, (seq) => {
      for (const liar of liars) liar.write(frame(TEXT, JSON.stringify({ type: "received", seq })));
    });
  });
  publisher.ws.terminate();
  expect(growth).toBeLessThan(MOST_GROWTH_MB);
});

test("[LIM-42] 64 followers that never read take a bounded amount of memory", async () => {
  const publisher = await TestSocket.open(service.room("followed"), "dormouse.v1");
  const growth = await growthOf(async () => {
    for (let i = 0; i < 64; i++) {
      const url = new URL(`${service.url}/v1/rooms/followed/events`);
      const request = `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`;
      paused.push(await openPaused(url, request));
    }
    await fill(publisher, 200);
  });
  publisher.ws.terminate();
  expect(growth).toBeLessThan(MOST_GROWTH_MB);
});
