/**
 * Joins a room from a process of its own: `fork("joining-clients.ts", [address, sockets, interval])`, one socket every `interval`
 * milliseconds. It sends "joined" to its parent when all have joined, and answers any message with the results of each socket.
 */
import { connect } from "node:net";
import { splitAnswer, upgradeRequest } from "../../support/handshake.ts";
import { frameAt } from "./frames.ts";

/** The presence that one socket got after its welcome: frames, their bytes, and the latest count. */
export type JoinResult = { frames: number; bytes: number; count: number };

const [address = "", sockets = "0", interval = "0"] = process.argv.slice(2);
const url = new URL(address);
const all: JoinResult[] = [];
let welcomed = 0;

const start = performance.now();
while (all.length < Number(sockets)) {
  const due = Math.min(Number(sockets), Math.ceil((performance.now() - start) / Number(interval)));
  while (all.length < due) all.push(join());
  await new Promise((resolve) => setTimeout(resolve, 1));
}
process.on("message", () => process.send?.(all));

function join(): JoinResult {
  const result: JoinResult = { frames: 0, bytes: 0, count: 0 };
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
      onFrame(result, frame.payload);
      rest = rest.subarray(frame.end);
    }
  });
  socket.on("close", () => {
    throw new Error("A socket was closed.");
  });
  socket.write(upgradeRequest(url, { subprotocol: "dormouse.v1" }));
  return result;
}

function onFrame(result: JoinResult, payload: Buffer): void {
  const frame: { type: string; count: number } = JSON.parse(payload.toString());
  result.count = frame.count;
  if (frame.type === "presence") {
    result.frames++;
    result.bytes += payload.length;
  } else if (frame.type !== "welcome") throw new Error(`A socket got an unexpected frame: ${payload}`);
  else if (++welcomed === Number(sockets)) process.send?.("joined");
}
