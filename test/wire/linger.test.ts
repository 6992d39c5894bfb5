import { afterAll, beforeAll, expect, test } from "vitest";
import { singleClassBundle } from "../support/workerd/bundle.ts";
import { startWorkerd, type Workerd } from "../support/workerd/workerd.ts";
import { CLOSE, closePayload, frame, RawSocket, TEXT } from "./raw-socket.ts";

/**
 * A minimal case in which workerd 1.20261102.1 keeps the TCP connection of a hibernating WebSocket open after both sides closed it.
 * It documents the bug for the maintainers of workerd. When they fix it, this test fails: then remove the note in docs/PROTOCOL.md.
 *
 * 1. The peer has sent no message before its close. Its frames are pumped into the object's end of the pair, where the read loop
 *    already waits: `WebSocketPipeImpl::BlockedReceive::tryPumpFrom` (kj/compat/http.c++) hands over the one message it receives,
 *    then always goes on with `other.pumpTo(pipe)`, also where that message was the close. That pump waits forever, the coupling
 *    of the two sockets (`LegacyWebSocketAdapter::couple`) joins it, and the connection stays until the object's end is destroyed.
 * 2. The peer breaks the protocol. The pump from the peer fails, but `couple` joins both directions with `joinPromises`, which waits for
 *    the other one; and in `webSocketError` a Worker cannot close the socket any more (`close()` does nothing there).
 *
 * In both cases the object's end lives until its JavaScript object is garbage-collected, or the Durable Object hibernates. With
 * `accept()` in place of `acceptWebSocket()`, the connection ends at once in the first case.
 */
const SOURCE = `
import { DurableObject } from "cloudflare:workers";
export class Lingering extends DurableObject {
  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    setTimeout(() => server.close(4001), 100);
    return new Response(null, { status: 101, webSocket: client });
  }
  webSocketMessage() {}
  webSocketClose() {}
  webSocketError(socket) { socket.close(1002); }
}
export default {
  fetch: (request, env) => env.LINGERING.getByName(new URL(request.url).pathname).fetch(request),
};
`;

let runtime: Workerd;
beforeAll(async () => {
  runtime = await startWorkerd({
    bundle: singleClassBundle({ name: "LINGERING", class_name: "Lingering" }, SOURCE),
  });
});
afterAll(() => runtime.stop());

/** The runtime hibernates an object after ten idle seconds. */
const HIBERNATES_MS = 10_000;
const SOON_MS = 1000;

/** Sends frames, closes, and returns how long the TCP connection outlives the close of both sides. */
async function lingers(name: string, first: Buffer[]): Promise<number> {
  const raw = await RawSocket.open(runtime.room(name));
  try {
    raw.send(...first);
    await raw.until(CLOSE);
    raw.send(frame(CLOSE, closePayload(4001)));
    const since = Date.now();
    await raw.end(2 * HIBERNATES_MS);
    return Date.now() - since;
  } finally {
    raw.drop();
  }
}

test("[CLOSE-12] workerd ends the TCP connection at once only after a message, else when the object hibernates", async () => {
  const [withMessage, silent, invalid] = await Promise.all([
    lingers("message", [frame(TEXT, "hello")]),
    lingers("silent", []),
    lingers("invalid", [frame(TEXT, "hello"), frame(3)]),
  ]);
  expect(withMessage).toBeLessThan(SOON_MS);
  for (const ms of [silent, invalid]) expect(ms).toBeGreaterThan(HIBERNATES_MS - SOON_MS);
});
