import { BINARY, CLOSE, CONTINUATION, closePayload, frame, PING, PONG, TEXT } from "../raw-socket.ts";

/** A frame to send, bytes that are no whole frame, or (a number) milliseconds in which to wait. */
export type Step = Sent | Buffer | number;

export type Sent = {
  opcode: number;
  payload: Buffer;
  fin: boolean;
  /** The three reserved bits as a number from 0 to 7, RSV1 being 4. */
  rsv: number;
};

/** A frame that the server is to send: its opcode and payload. */
export type Wanted = { opcode: number; payload: Buffer };

/**
 * How a case ends well.
 * - `echo`: the server sends these frames. Then the client closes with 1000, and the server answers.
 * - `fail`: the server sends these frames, then closes with the code or drops the connection. Fewer frames make the case non-strict.
 * - `close`: the client has sent a close. The server answers with one of these codes, or with none.
 * - `any`: the suite only reports what happens; here, the server must end the connection.
 */
export type Ending =
  | { kind: "echo"; frames: Wanted[] }
  | { kind: "fail"; frames: Wanted[]; code: number }
  | { kind: "close"; codes: number[] }
  | { kind: "any" };

/**
 * One case of the Autobahn test suite, under its number there. The cases are written anew from its descriptions; no
 * code of the suite is used.
 */
export type Case = {
  id: string;
  what: string;
  steps: Step[];
  /** How the bytes are cut into writes: all in one (absent), a write for each frame, or pieces of so many bytes. */
  cut?: "frames" | number;
  ending: Ending;
};

const PROTOCOL_ERROR = 1002;
const NOT_UTF8 = 1007;
const NORMAL = 1000;

type More = { fin?: boolean; rsv?: number };

function sent(opcode: number, payload: string | Buffer, { fin = true, rsv = 0 }: More = {}): Sent {
  return { opcode, payload: Buffer.from(payload), fin, rsv };
}

export const text = (payload: string | Buffer, more?: More) => sent(TEXT, payload, more);
export const binary = (payload: string | Buffer, more?: More) => sent(BINARY, payload, more);
export const rest = (payload: string | Buffer, more?: More) => sent(CONTINUATION, payload, more);
export const ping = (payload: string | Buffer = "", more?: More) => sent(PING, payload, more);
export const pong = (payload: string | Buffer = "", more?: More) => sent(PONG, payload, more);
export const reserved = (opcode: number, payload = "") => sent(opcode, payload);
export const close = (code = NORMAL, reason: string | Buffer = "") => sent(CLOSE, closePayload(code, reason));
/** A close frame with just this payload. */
export const closeWith = (payload: string, more?: More) => sent(CLOSE, payload, more);

/** A message in fragments of so many bytes, the last one with the rest. */
export function fragments(opcode: number, payload: Buffer, size: number): Sent[] {
  const count = Math.max(1, Math.ceil(payload.length / size));
  return Array.from({ length: count }, (_, i) => {
    const part = payload.subarray(i * size, (i + 1) * size);
    return sent(i === 0 ? opcode : CONTINUATION, part, { fin: i === count - 1 });
  });
}

/** What goes over the wire for a step. */
export function bytesOfStep(step: Sent | Buffer): Buffer {
  if (Buffer.isBuffer(step)) return step;
  return frame(step.opcode, step.payload, { fin: step.fin, rsv: step.rsv << 4 });
}

type Shape = { steps: Step[]; cut?: Case["cut"] };

/** The server sends just these frames. */
export function echoes(id: string, what: string, { steps, cut }: Shape, frames: Wanted[]): Case {
  return { id, what, steps, ...(cut === undefined ? {} : { cut }), ending: { kind: "echo", frames } };
}

/** The server fails the connection, after it has sent these frames. */
export function fails(
  id: string,
  what: string,
  { steps, cut }: Shape,
  { frames = [], code = PROTOCOL_ERROR }: { frames?: Wanted[]; code?: number } = {},
): Case {
  return { id, what, steps, ...(cut === undefined ? {} : { cut }), ending: { kind: "fail", frames, code } };
}

/** The server fails the connection, since this is not UTF-8. */
export function refusesText(id: string, what: string, shape: Shape): Case {
  return fails(id, what, shape, { code: NOT_UTF8 });
}

/** The server answers the client's close with one of these codes. */
export function closes(id: string, what: string, steps: Step[], codes: number[] = [NORMAL]): Case {
  return { id, what, steps, ending: { kind: "close", codes } };
}

/** The suite only reports what happens. */
export function reports(id: string, what: string, steps: Step[]): Case {
  return { id, what, steps, ending: { kind: "any" } };
}

export { NOT_UTF8, PROTOCOL_ERROR };
