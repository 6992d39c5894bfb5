import { BINARY, CLOSE, CONTINUATION, closePayload, frame, PING, PONG, TEXT } from "../raw-socket.ts";

/** A frame, raw bytes, or a pause in milliseconds. */
export type Step = Sent | Buffer | number;

export type Sent = {
  opcode: number;
  payload: Buffer;
  fin: boolean;
  /** The three reserved bits as a number from 0 to 7, RSV1 being 4. */
  rsv: number;
};

/** A frame that the server must send. */
export type Expected = { opcode: number; payload: Buffer };

/**
 * How a case must end.
 * - `echo`: the server sends these frames. Then the client closes with 1000, and the server answers.
 * - `fail`: the server sends these frames, then closes with the code or ends the connection. Fewer frames make the case non-strict.
 * - `close`: the client has sent a close. The server answers with one of these codes, or with none.
 * - `any`: the suite only reports the result. Here, the server must end the connection.
 */
export type Ending =
  | { kind: "echo"; frames: Expected[] }
  | { kind: "fail"; frames: Expected[]; code: number }
  | { kind: "close"; codes: number[] }
  | { kind: "any" };

/**
 * One case of the Autobahn test suite, with its number there. The cases are written from the suite's descriptions, without its code.
 */
export type Case = {
  id: string;
  what: string;
  steps: Step[];
  /** How the bytes are written: in one write by default, in one per frame, or in pieces of this size. */
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
/** A close frame with this payload. */
export const closeWith = (payload: string, more?: More) => sent(CLOSE, payload, more);

/** A message in fragments of this size. */
export function fragments(opcode: number, payload: Buffer, size: number): Sent[] {
  const count = Math.max(1, Math.ceil(payload.length / size));
  return Array.from({ length: count }, (_, i) => {
    const part = payload.subarray(i * size, (i + 1) * size);
    return sent(i === 0 ? opcode : CONTINUATION, part, { fin: i === count - 1 });
  });
}

/** The bytes of a step. */
export function bytesOfStep(step: Sent | Buffer): Buffer {
  if (Buffer.isBuffer(step)) return step;
  return frame(step.opcode, step.payload, { fin: step.fin, rsv: step.rsv << 4 });
}

type Shape = { steps: Step[]; cut?: Case["cut"] };

/** The server must send exactly these frames. */
export function echoes(id: string, what: string, { steps, cut }: Shape, frames: Expected[]): Case {
  return { id, what, steps, ...(cut === undefined ? {} : { cut }), ending: { kind: "echo", frames } };
}

/** The server must fail the connection after these frames. */
export function fails(
  id: string,
  what: string,
  { steps, cut }: Shape,
  { frames = [], code = PROTOCOL_ERROR }: { frames?: Expected[]; code?: number } = {},
): Case {
  return { id, what, steps, ...(cut === undefined ? {} : { cut }), ending: { kind: "fail", frames, code } };
}

/** The server must fail the connection because of invalid UTF-8. */
export function refusesText(id: string, what: string, shape: Shape): Case {
  return fails(id, what, shape, { code: NOT_UTF8 });
}

/** The server must answer the client's close with one of these codes. */
export function closes(id: string, what: string, steps: Step[], codes: number[] = [NORMAL]): Case {
  return { id, what, steps, ending: { kind: "close", codes } };
}

/** The suite only reports the result. */
export function reports(id: string, what: string, steps: Step[]): Case {
  return { id, what, steps, ending: { kind: "any" } };
}

export { NOT_UTF8, PROTOCOL_ERROR };
