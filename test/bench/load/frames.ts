/** The WebSocket frames (RFC 6455, section 5.2) of the load generator: unfragmented text frames. */

export const TEXT = 1;
const FIN = 0x80;
const MASKED = 0x80;

/** A client's text frame. Its mask is zero, which is valid and saves the masking. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 0xffff) throw new Error("A frame of the load generator has at most 65,535 bytes.");
  const short = payload.length < 126;
  const head = Buffer.alloc(short ? 6 : 8);
  head[0] = FIN | TEXT;
  head[1] = MASKED | (short ? payload.length : 126);
  if (!short) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

/** A server's text frame of less than 126 bytes. */
export function serverTextFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 125) throw new Error("A frame with a one-byte length has at most 125 bytes.");
  return Buffer.concat([Buffer.from([FIN | TEXT, payload.length]), payload]);
}

export type Frame = { opcode: number; payload: Buffer; end: number };

/** The server's frame at an offset. Undefined while it is incomplete. */
export function frameAt(bytes: Buffer, start: number): Frame | undefined {
  const first = bytes[start];
  const second = bytes[start + 1];
  if (first === undefined || second === undefined) return undefined;
  if ((first & 0xf0) !== FIN || second >= MASKED)
    throw new Error("The server sent a fragmented, masked or extended frame.");
  const extended = second < 126 ? 0 : second === 126 ? 2 : 8;
  const body = start + 2 + extended;
  if (body > bytes.length) return undefined;
  const length =
    extended === 0
      ? second
      : extended === 2
        ? bytes.readUInt16BE(body - 2)
        : Number(bytes.readBigUInt64BE(body - 8));
  const end = body + length;
  return end > bytes.length ? undefined : { opcode: first & 0x0f, payload: bytes.subarray(body, end), end };
}
