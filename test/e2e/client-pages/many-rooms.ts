/** The program of a tab that joins many rooms at once, and notes when each is live: milliseconds after the first call of `joinRoom`. */
import { joinRoom } from "../../../src/client/index.ts";

const query = new URLSearchParams(location.search);
const host = query.get("host") ?? "";
const count = Number(query.get("count"));
const start = performance.now();
const liveAfter: number[] = [];
const received: unknown[][] = [];
const rooms = Array.from({ length: count }, (_, i) => {
  const room = joinRoom<unknown>(`many-${i}`, { host, name: "Ada", cursor: null });
  received.push([]);
  room.on("state", ({ status }) => {
    if (status === "live") liveAfter[i] ??= Math.round(performance.now() - start);
  });
  room.on("message", ({ data }) => received[i]?.push(data));
  return room;
});
Object.assign(globalThis, { rooms, liveAfter, received });
