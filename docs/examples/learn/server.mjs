// A chat over WebSocket in plain Node.js, to read and to take apart: npm run learn:node
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { WebSocket, WebSocketServer } from "ws";

const page = readFileSync(new URL("page.html", import.meta.url));
const http = createServer((_request, response) => {
  response.setHeader("content-type", "text/html; charset=utf-8").end(page);
});

// ws answers the handshake. A longer message closes its socket with 1009.
const chat = new WebSocketServer({ server: http, maxPayload: 64 * 1024 });
const alive = new WeakSet();

chat.on("connection", (socket, request) => {
  console.log(`connection from ${request.socket.remoteAddress}, ${chat.clients.size} open`);
  alive.add(socket);
  socket.on("message", (data, isBinary) => {
    for (const client of chat.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
    }
  });
  socket.on("ping", () => console.log("ping; ws has answered it with a pong"));
  socket.on("pong", () => alive.add(socket));
  socket.on("close", (code, reason) => console.log(`close ${code} ${reason}`.trim()));
  // Without this handler, one broken frame of one client would end the whole process.
  socket.on("error", (error) => console.log(`error ${error.code}`));
});

// A client that vanished sends no close frame. So each client is pinged, and cut if no pong came since the last time.
setInterval(() => {
  for (const socket of chat.clients) {
    if (!alive.delete(socket)) socket.terminate();
    else socket.ping();
  }
}, 30_000);

http.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  console.log(`Open http://localhost:${http.address().port} in two tabs.`);
});
