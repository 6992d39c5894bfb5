/**
 * Joins a room from a process of its own: `fork("joiner.ts", [address, sockets, apart])`, a socket every `apart` milliseconds,
 * whether or not those before it are in yet. It tells its parent when all are in, and, asked by any message, what each was told.
 */
import { connect } from "node:net";
import { splitAnswer, upgradeRequest } from "../support/handshake.ts";
import { frameAt } from "./frames.ts";

/** What one socket was told of who is here after its welcome: frames, their bytes, and the latest count. */
export type Told = { frames: number; bytes: number; count: number };

const [address = "", sockets = "0", apart = "0"] = process.argv.slice(2);
const url = new URL(address);
const all: Told[] = [];
let welcomed = 0;

const start = performance.now();
while (all.length < Number(sockets)) {
  const due = Math.min(Number(sockets), Math.ceil((performance.now() - start) / Number(apart)));
  while (all.length < due) all.push(join());
  await new Promise((resolve) => setTimeout(resolve, 1));
}
process.on("message", () => process.send?.(all));

function join(): Told {
  const told: Told = { frames: 0, bytes: 0, count: 0 };
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  let rest: Buffer = Buffer.alloc(0);
  let isUpgraded = false;
  socket.on("data", (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (!isUpgraded) {
      const answer = splitAnswer(rest);
      if (answer === undefined) return;
      isUpgraded = true;
      rest = answer.rest;
    }
    for (let frame = frameAt(rest, 0); frame !== undefined; frame = frameAt(rest, 0)) {
      take(told, frame.payload);
      rest = rest.subarray(frame.end);
    }
  });
  socket.on("close", () => {
    throw new Error("A socket was closed.");
  });
  socket.write(upgradeRequest(url, { subprotocol: "dormouse.v1" }));
  return told;
}

function take(told: Told, payload: Buffer): void {
  const frame: { type: string; count: number } = JSON.parse(payload.toString());
  told.count = frame.count;
  if (frame.type === "presence") {
    told.frames++;
    told.bytes += payload.length;
  } else if (frame.type !== "welcome") throw new Error(`A socket was told: ${payload}`);
  else if (++welcomed === Number(sockets)) process.send?.("in");
}
