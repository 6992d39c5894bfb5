/** A room server with Socket.IO, set up as its pages on performance and memory recommend. It sends its port to the parent. */
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });

io.on("connection", (socket) => {
  const room = String(socket.handshake.query.room);
  // The page on memory usage recommends to discard the first request of each session.
  Object.assign(socket.conn, { request: null });
  socket.join(room);
  socket.on("message", (message) => io.to(room).emit("message", message));
});
http.listen(0, "127.0.0.1", () => {
  const address = http.address();
  process.send?.(typeof address === "object" ? address?.port : undefined);
});
