import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPaused, upgradeRequest } from "../support/handshake.ts";
import { usageOf } from "../support/process-usage.ts";
import { TestSocket } from "../support/socket.ts";
import { startWorkerd, type Workerd } from "../support/workerd/workerd.ts";
import { frame, TEXT } from "../wire/raw-socket.ts";

/** Twice a room's budgets, since native memory holds each byte about twice, plus some heap. */
const MAX_GROWTH_MB = 320;
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
async function joinWithoutReading(room: string, query: string, subprotocol?: string): Promise<Socket> {
  const url = new URL(service.room(room, query));
  const socket = await openPaused(url, upgradeRequest(url, { subprotocol }));
  paused.push(socket);
  return socket;
}

/** Publishes large messages, and acknowledges each. */
async function publishLarge(publisher: TestSocket, count: number, each: (seq: number) => void = () => {}) {
  for (let i = 0; i < count; i++) {
    publisher.send({ type: "publish", id: `${Math.random()}`, data: DATA });
    const { first } = await publisher.until("messages", 20_000);
    publisher.send({ type: "received", seq: first });
    each(Number(first));
  }
}

/** The largest growth of workerd's memory during `act`. */
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

test("[LIM-40] 80 plain sockets that request 30 MB of history and never read use bounded memory", async () => {
  const publisher = await TestSocket.open(service.room("plain"), "dormouse.v1");
  await publishLarge(publisher, 150);
  const growth = await growthOf(async () => {
    for (let i = 0; i < 80; i++) await joinWithoutReading("plain", "?history=5000");
  });
  publisher.ws.terminate();
  expect(growth).toBeLessThan(MAX_GROWTH_MB);
});

test("[LIM-41] 64 sockets that acknowledge without reading use bounded memory", async () => {
  const publisher = await TestSocket.open(service.room("unread"), "dormouse.v1");
  const growth = await growthOf(async () => {
    const sockets = await Promise.all(
      Array.from({ length: 64 }, () => joinWithoutReading("unread", "", "dormouse.v1")),
    );
    // 64 times 40 MB, if the room believed the acknowledgements.
    await publishLarge(publisher, 200, (seq) => {
      for (const socket of sockets) socket.write(frame(TEXT, JSON.stringify({ type: "received", seq })));
    });
  });
  publisher.ws.terminate();
  expect(growth).toBeLessThan(MAX_GROWTH_MB);
});

test("[LIM-42] 64 event streams that never read use bounded memory", async () => {
  const publisher = await TestSocket.open(service.room("followed"), "dormouse.v1");
  const growth = await growthOf(async () => {
    for (let i = 0; i < 64; i++) {
      const url = new URL(`${service.url}/v1/rooms/followed/events`);
      const request = `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`;
      paused.push(await openPaused(url, request));
    }
    await publishLarge(publisher, 200);
  });
  publisher.ws.terminate();
  expect(growth).toBeLessThan(MAX_GROWTH_MB);
});
