/** A room server with Node and `ws`: the broadcast of its README, with a room per path. It sends its port to the parent. */
import { WebSocket, WebSocketServer } from "ws";

// Compression is off by default, since it "adds a significant overhead in terms of performance and memory".
const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
const rooms = new Map<string, Set<WebSocket>>();

server.on("connection", (socket, { url = "" }) => {
  const room = rooms.get(url) ?? new Set();
  rooms.set(url, room.add(socket));
  socket.on("error", console.error);
  socket.on("message", (data, isBinary) => {
    for (const client of room) {
      if (client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
    }
  });
  socket.on("close", () => room.delete(socket));
});
server.on("listening", () => {
  const address = server.address();
  process.send?.(typeof address === "object" ? address?.port : undefined);
});
