/**
 * Floods a room from a process of its own: `fork("flooding-client.ts", [address, frames, kind])`. It sends as fast as it can, reconnects
 * at once when it is closed or refused, and sends its parent `true` when it joins and `false` when it is closed. `kind`: `short`, or
 * `long` for frames that are slow to parse.
 */
import { once } from "node:events";
import WebSocket from "ws";

const [address = "", frames = "0", kind = "short"] = process.argv.slice(2);
const DATA = kind === "long" ? `[${"{},".repeat(500_000)}{}]` : `"${"x".repeat(64)}"`;
const BATCH = kind === "long" ? 2 : 100;
const MAX_BUFFERED = 16 * 1024 * 1024;
let flood = 0;
for (;;) {
  // Cloudflare sets this header. Here the client chooses its own address.
  const headers = { "cf-connecting-ip": "192.0.2.1" };
  const socket = new WebSocket(address, "dormouse.v1", { perMessageDeflate: false, headers });
  try {
    await once(socket, "open");
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 20));
    continue;
  }
  flood++;
  process.send?.(true);
  socket.on("error", () => {});
  for (let sent = 0; sent < Number(frames) && socket.readyState === WebSocket.OPEN; ) {
    // Between batches, the loop sees whether the socket was closed.
    for (let i = 0; i < BATCH; i++, sent++) {
      socket.send(`{"type":"publish","id":"${process.pid}-${flood}-${sent}","data":${DATA}}`);
    }
    await new Promise((resolve) => setImmediate(resolve));
    // Bytes buffered in this process do not reach the room.
    while (socket.bufferedAmount > MAX_BUFFERED) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  if (socket.readyState !== WebSocket.CLOSED) await once(socket, "close");
  process.send?.(false);
}
