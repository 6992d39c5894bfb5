/** Floods a room, in a process of its own: `node flooder.ts <address> <frames>`. Comes back when it is thrown out. */
import { once } from "node:events";
import WebSocket from "ws";

const [address = "", frames = "0"] = process.argv.slice(2);
let sent = 0;
while (sent < Number(frames)) {
  const socket = new WebSocket(address, "dormouse.v1", { perMessageDeflate: false });
  await once(socket, "open");
  while (sent < Number(frames) && socket.readyState === WebSocket.OPEN) {
    // As fast as it can, but for a look now and then whether it was thrown out.
    for (let i = 0; i < 100 && sent < Number(frames); i++, sent++) {
      socket.send(`{"type":"publish","id":"flood-${process.pid}-${sent}","data":"${"x".repeat(64)}"}`);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.close();
  if (socket.readyState !== WebSocket.CLOSED) await once(socket, "close");
}
