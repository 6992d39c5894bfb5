/**
 * Floods a room from a process of its own: `fork("flooder.ts", [address, frames, kind])`. It sends as fast as it can, knocks again
 * at once whenever it is thrown out or turned away, and tells its parent when it is in (`true`) and out (`false`). `kind`: `short`,
 * or `long`, of frames that are as long as any may be and take long to read.
 */
import { once } from "node:events";
import WebSocket from "ws";

const [address = "", frames = "0", kind = "short"] = process.argv.slice(2);
const DATA = kind === "long" ? `[${"{},".repeat(500_000)}{}]` : `"${"x".repeat(64)}"`;
const AT_ONCE = kind === "long" ? 2 : 100;
const MOST_BUFFERED = 16 * 1024 * 1024;
let flood = 0;
for (;;) {
  // The address that Cloudflare puts there, and here nobody else does.
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
    // As fast as it can, but for a look now and then whether it was thrown out.
    for (let i = 0; i < AT_ONCE; i++, sent++) {
      socket.send(`{"type":"publish","id":"${process.pid}-${flood}-${sent}","data":${DATA}}`);
    }
    await new Promise((resolve) => setImmediate(resolve));
    // What lies in this process is no flood of the room.
    while (socket.bufferedAmount > MOST_BUFFERED) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  if (socket.readyState !== WebSocket.CLOSED) await once(socket, "close");
  process.send?.(false);
}
