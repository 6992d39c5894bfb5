/** A room server of Node and `ws`: the broadcast of its README, a room for each path. Tells its parent the port. */
import { WebSocket, WebSocketServer } from "ws";

// Without compression, which is off unless asked for: "adds a significant overhead in terms of performance and memory".
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
