import { BINARY_HEADER_BYTES } from "./limits.ts";

export { base64 } from "./base64.ts";

/**
 * A binary frame, both ways: 4 bytes big-endian header length, the header as JSON in UTF-8, then the raw bytes.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The frame of a header and the bytes that it describes. */
export function encodeBinary(header: object, bytes: Uint8Array): ArrayBuffer {
  const head = encoder.encode(JSON.stringify(header));
  const frame = new Uint8Array(4 + head.length + bytes.length);
  new DataView(frame.buffer).setUint32(0, head.length);
  frame.set(head, 4);
  frame.set(bytes, 4 + head.length);
  return frame.buffer;
}

/**
 * Takes a frame apart that comes from somebody who knows how to make one. `bytes` is a view on the frame, not a copy.
 * @throws where it is none
 */
export function splitBinary(frame: ArrayBuffer): { header: unknown; bytes: Uint8Array } {
  const length = new DataView(frame).getUint32(0);
  const header: unknown = JSON.parse(decoder.decode(new Uint8Array(frame, 4, length)));
  return { header, bytes: new Uint8Array(frame, 4 + length) };
}

export type DecodedBinary = { ok: true; header: unknown; bytes: Uint8Array } | { ok: false; why: string };

/** The same for a frame of whatever origin: what is wrong with it is said in a sentence. */
export function decodeBinary(frame: ArrayBuffer): DecodedBinary {
  if (frame.byteLength < 4) {
    return { ok: false, why: "A binary frame starts with 4 bytes of header length; this one is shorter." };
  }
  const length = new DataView(frame).getUint32(0);
  if (length === 0 || length > BINARY_HEADER_BYTES) {
    return { ok: false, why: `The header length must be 1 to ${BINARY_HEADER_BYTES} bytes, not ${length}.` };
  }
  if (4 + length > frame.byteLength) {
    return {
      ok: false,
      why: `The header length says ${length} bytes, but only ${frame.byteLength - 4} follow it.`,
    };
  }
  try {
    return { ok: true, ...splitBinary(frame) };
  } catch {
    return { ok: false, why: "The header is not JSON in UTF-8." };
  }
}
