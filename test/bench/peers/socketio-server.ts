/** A room server of Socket.IO, as its pages on performance and on memory have it. Tells its parent the port. */
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });

io.on("connection", (socket) => {
  const room = String(socket.handshake.query.room);
  // The page on memory usage: the first request of each session is kept unless it is thrown away.
  Object.assign(socket.conn, { request: null });
  socket.join(room);
  socket.on("message", (message) => io.to(room).emit("message", message));
});
http.listen(0, "127.0.0.1", () => {
  const address = http.address();
  process.send?.(typeof address === "object" ? address?.port : undefined);
});
