import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { usageOf } from "../bench/meters.ts";
import { upgradeRequest } from "../support/handshake.ts";
import { TestSocket } from "../support/socket.ts";
import { startWorkerd, type Workerd } from "../support/workerd/workerd.ts";

/** What a room's budgets allow, twice over, since native memory holds each byte about twice, and room for the heap. */
const MOST_GROWTH_MB = 320;
const DATA = "x".repeat(200_000);

let service: Workerd;
let pause: Socket[] = [];

beforeAll(async () => {
  service = await startWorkerd({ vars: { PUBLISH_RATE: "0", SIGNAL_RATE: "0", READ_RATE: "0" } });
});
afterAll(async () => {
  for (const socket of pause) socket.destroy();
  await service?.stop();
});

/** A socket that is let in, and from then on reads nothing. */
async function stuck(room: string, query: string, subprotocol?: string): Promise<Socket> {
  const url = new URL(service.room(room, query));
  const socket = connect({ host: url.hostname, port: Number(url.port) });
  socket.on("error", () => {});
  socket.write(upgradeRequest(url, subprotocol));
  await once(socket, "data");
  pause.push(socket);
  return socket.pause();
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
  for (const socket of pause) socket.destroy();
  pause = [];
  return most - before;
}

/** A masked text frame (RFC 6455, section 5.2), with a mask of zero, of less than 126 bytes. */
function clientFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
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
      for (const liar of liars) liar.write(clientFrame(JSON.stringify({ type: "received", seq })));
    });
  });
  publisher.ws.terminate();
  expect(growth).toBeLessThan(MOST_GROWTH_MB);
});

test("[LIM-42] 64 followers that never read take a bounded amount of memory", async () => {
  const publisher = await TestSocket.open(service.room("followed"), "dormouse.v1");
  const growth = await growthOf(async () => {
    for (let i = 0; i < 64; i++) {
      const socket = connect({ host: "127.0.0.1", port: service.port });
      socket.on("error", () => {});
      socket.write(`GET /v1/rooms/followed/events HTTP/1.1\r\nHost: 127.0.0.1:${service.port}\r\n\r\n`);
      await once(socket, "data");
      pause.push(socket);
      socket.pause();
    }
    await fill(publisher, 200);
  });
  publisher.ws.terminate();
  expect(growth).toBeLessThan(MOST_GROWTH_MB);
});
