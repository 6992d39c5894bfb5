import { afterAll, beforeAll, expect, test } from "vitest";
import { singleClassBundle } from "../support/workerd/bundle.ts";
import { startWorkerd, type Workerd } from "../support/workerd/workerd.ts";
import { CLOSE, closePayload, frame, RawSocket, TEXT } from "./raw-socket.ts";

/**
 * The least that shows how workerd 1.20261102.1 keeps the TCP connection of a hibernating WebSocket open after both sides have
 * closed it. For the maintainers of the runtime, and to notice when they mend it: then these tests fail, and what docs/PROTOCOL.md
 * says of it goes.
 *
 * 1. The peer has sent no message before its close. Its frames are pumped into the object's end of the pair, where the read loop
 *    already waits: `WebSocketPipeImpl::BlockedReceive::tryPumpFrom` (kj/compat/http.c++) hands over the one message it receives,
 *    then always goes on with `other.pumpTo(pipe)`, also where that message was the close. That pump waits for ever, the coupling
 *    of the two sockets (`LegacyWebSocketAdapter::couple`) joins it, and the connection stays until the object's end is destroyed.
 * 2. The peer breaks the protocol. The pump from the peer fails, but `couple` joins both directions with `joinPromises`, which waits for
 *    the other one; and in `webSocketError` a Worker cannot close the socket any more (`close()` does nothing there).
 *
 * In both cases the object's end goes only with the garbage collection of its JavaScript object, or when the object hibernates. On a
 * socket that was accepted by `accept()`, the connection ends at once in the first case.
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

/** The runtime lets an object hibernate after ten seconds in which nothing happens. */
const HIBERNATES_MS = 10_000;
const SOON_MS = 1000;

/** How long the TCP connection of a peer outlives the close of both sides; what it sends comes before. */
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

test("[CLOSE-12] the runtime ends the TCP connection at once for a peer that has sent a message, else with hibernation", async () => {
  const [spoke, silent, offender] = await Promise.all([
    lingers("spoke", [frame(TEXT, "hello")]),
    lingers("silent", []),
    lingers("offender", [frame(TEXT, "hello"), frame(3)]),
  ]);
  expect(spoke).toBeLessThan(SOON_MS);
  for (const ms of [silent, offender]) expect(ms).toBeGreaterThan(HIBERNATES_MS - SOON_MS);
});
