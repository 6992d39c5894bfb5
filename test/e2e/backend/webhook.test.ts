import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyWebhook, type WebhookDelivery } from "../../../src/backend/index.ts";
import { eventually } from "../../support/socket.ts";
import { SECRET } from "../../support/tokens.ts";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";
import { roomAt } from "./rooms.ts";

const OLD = "the secret of the service, until it has the new one";
const NEW = "the new secret, which the service does not have yet";

const deliveries: WebhookDelivery[] = [];
const errors: unknown[] = [];
let server: Server;
let service: Workerd;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    try {
      deliveries.push(await verifyWebhook(fetchRequestOf(request), [NEW, OLD]));
      response.writeHead(204).end();
    } catch (error) {
      errors.push(error);
      response.writeHead(401).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It does not listen.");
  const url = `http://127.0.0.1:${address.port}/hooks/dormouse`;
  service = await startWorkerd({
    vars: { AUTH_SECRET: SECRET, WEBHOOK_URL: url, WEBHOOK_SECRET: OLD },
    reachesLocal: true,
  });
});
afterAll(async () => {
  await service?.stop();
  server?.closeAllConnections();
  server?.close();
});

/** A request of Node's own server in the form of `fetch`. */
function fetchRequestOf(request: IncomingMessage): Request {
  const headers = request.headers as Record<string, string>;
  const body = Readable.toWeb(request) as ReadableStream<Uint8Array>;
  return new Request("http://localhost/", { method: "POST", headers, body, duplex: "half" } as RequestInit);
}

describe("verifyWebhook with the service", () => {
  test("[HOOK-1] [HOOK-12] returns the messages that the service delivers, while a secret is replaced", async () => {
    const room = roomAt(service.url);
    const { epoch } = await room.publish({ text: "hello, 大" }, { id: "one" });
    await room.publish(new Uint8Array([1, 2]), { id: "two" });
    const found = () => deliveries.filter((delivery) => delivery.room === room.name);
    await eventually(() => found().flatMap(({ events }) => events).length === 2 || errors.length > 0, 20_000);
    expect(errors).toEqual([]);
    expect(found()[0]).toMatchObject({ id: expect.stringMatching(/^msg_/), epoch, dropped: 0 });
    const by = { at: expect.any(Number), from: "backend", name: "Backend" };
    expect(found().flatMap(({ events }) => events)).toEqual([
      {
        id: `${epoch}.1`,
        at: expect.any(Number),
        type: "message.published",
        message: { ...by, seq: 1, id: "one", data: { text: "hello, 大" } },
      },
      {
        id: `${epoch}.2`,
        at: expect.any(Number),
        type: "message.published",
        message: { ...by, seq: 2, id: "two", data: undefined, bytes: new Uint8Array([1, 2]) },
      },
    ]);
  });
});
