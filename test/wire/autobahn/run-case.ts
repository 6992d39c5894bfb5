import { CLOSE, closePayload, frame, RawSocket, type Received } from "../raw-socket.ts";
import { bytesOfStep, type Case, type Ending, type Expected, type Step } from "./case.ts";

/** The results of the suite. `FAILED` says what happened instead. */
export type Verdict = "OK" | "NON-STRICT" | "INFORMATIONAL" | `FAILED: ${string}`;

/** How long to wait for the next frame. Only a failing case takes that long. */
const SILENCE_MS = 2000;
const NORMAL = 1000;

/** Runs one case against the echo at this address. */
export async function runCase(address: string, { steps, cut, ending }: Case): Promise<Verdict> {
  const socket = await RawSocket.open(address);
  try {
    await sendAll(socket, steps, cut);
    return await verdictOf(socket, ending);
  } finally {
    socket.drop();
  }
}

async function sendAll(socket: RawSocket, steps: readonly Step[], cut: Case["cut"]): Promise<void> {
  let together: Buffer[] = [];
  const flush = async () => {
    const bytes = Buffer.concat(together);
    together = [];
    await socket.sendPieces(bytes, typeof cut === "number" ? cut : bytes.length);
  };
  for (const step of steps) {
    if (typeof step !== "number") together.push(bytesOfStep(step));
    if (typeof step === "number" || cut === "frames") await flush();
    if (typeof step === "number") await new Promise((resolve) => setTimeout(resolve, step));
  }
  await flush();
}

function verdictOf(socket: RawSocket, ending: Ending): Promise<Verdict> {
  switch (ending.kind) {
    case "echo":
      return echoed(socket, ending.frames);
    case "fail":
      return failed(socket, ending);
    case "close":
      return closed(socket, ending.codes);
    case "any":
      return ended(socket);
  }
}

/** The server may send anything, but must end the connection. */
async function ended(socket: RawSocket): Promise<Verdict> {
  for (;;) {
    const received = await nextOf(socket);
    if (received === "end") return "INFORMATIONAL";
    if (received === "silence") return "FAILED: silence";
  }
}

async function echoed(socket: RawSocket, expected: readonly Expected[]): Promise<Verdict> {
  for (const [i, each] of expected.entries()) {
    const received = await nextOf(socket);
    if (typeof received === "string" || !isExpected(received, each)) {
      return `FAILED: ${i} of ${expected.length} arrived, then ${describe(received)}`;
    }
  }
  socket.send(frame(CLOSE, closePayload(NORMAL)));
  return closed(socket, [NORMAL]);
}

/** The server must close with the code, or just end the connection, which RFC 6455, section 7.1.7 allows. */
async function failed(
  socket: RawSocket,
  { frames, code }: Extract<Ending, { kind: "fail" }>,
): Promise<Verdict> {
  let arrived = 0;
  for (;;) {
    const received = await nextOf(socket);
    if (received !== "silence" && (received === "end" || codeOf(received) === code)) {
      return arrived === frames.length ? "OK" : "NON-STRICT";
    }
    const next = frames[arrived];
    if (received === "silence" || next === undefined || !isExpected(received, next)) {
      return `FAILED: ${describe(received)}`;
    }
    arrived++;
  }
}

/** The client has sent its close. The server must answer it and end the TCP connection. */
async function closed(socket: RawSocket, codes: readonly number[]): Promise<Verdict> {
  const received = await nextOf(socket);
  if (received === "end" && !codes.includes(NORMAL)) return "OK";
  if (typeof received === "string" || received.opcode !== CLOSE) return `FAILED: ${describe(received)}`;
  const code = codeOf(received);
  if (code !== undefined && !codes.includes(code)) return `FAILED: ${describe(received)}`;
  const after = await nextOf(socket);
  return after === "end" ? "OK" : `FAILED: ${describe(received)}, then ${describe(after)}`;
}

type Next = Received | "end" | "silence";

async function nextOf(socket: RawSocket): Promise<Next> {
  return (await socket.nextOrEnd(SILENCE_MS).catch(() => "silence" as const)) ?? "end";
}

function isExpected({ fin, rsv, masked, opcode, payload }: Received, expected: Expected): boolean {
  return fin && rsv === 0 && !masked && opcode === expected.opcode && payload.equals(expected.payload);
}

function codeOf({ opcode, payload }: Received): number | undefined {
  return opcode === CLOSE && payload.length >= 2 ? payload.readUInt16BE(0) : undefined;
}

function describe(received: Next): string {
  if (typeof received === "string") return received;
  const code = codeOf(received);
  if (code !== undefined) return `a close with ${code}`;
  return `a frame of opcode ${received.opcode} with ${received.payload.length} bytes`;
}
