import { BINARY_HEADER_BYTES } from "./limits.ts";

export { base64 } from "./base64.ts";

/**
 * A binary frame, in both directions: the length of the header (4 bytes, big-endian), the header as JSON in UTF-8, and the raw bytes.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function encodeBinary(header: object, bytes: Uint8Array): ArrayBuffer {
  const head = encoder.encode(JSON.stringify(header));
  const frame = new Uint8Array(4 + head.length + bytes.length);
  new DataView(frame.buffer).setUint32(0, head.length);
  frame.set(head, 4);
  frame.set(bytes, 4 + head.length);
  return frame.buffer;
}

/**
 * Splits a frame from a trusted sender. `bytes` is a view of the frame, not a copy.
 * @throws where the frame is invalid
 */
export function splitBinary(frame: ArrayBuffer): { header: unknown; bytes: Uint8Array } {
  const length = new DataView(frame).getUint32(0);
  const header: unknown = JSON.parse(decoder.decode(new Uint8Array(frame, 4, length)));
  return { header, bytes: new Uint8Array(frame, 4 + length) };
}

export type DecodedBinary = { ok: true; header: unknown; bytes: Uint8Array } | { ok: false; why: string };

/** Splits a frame from an untrusted sender. `why` says what is wrong with an invalid frame. */
export function decodeBinary(frame: ArrayBuffer): DecodedBinary {
  if (frame.byteLength < 4) {
    return { ok: false, why: "The frame is shorter than 4 bytes. Start it with the length of its header." };
  }
  const length = new DataView(frame).getUint32(0);
  if (length === 0 || length > BINARY_HEADER_BYTES) {
    return {
      ok: false,
      why: `The header length is ${length}. It must be 1 to ${BINARY_HEADER_BYTES} bytes.`,
    };
  }
  if (4 + length > frame.byteLength) {
    return {
      ok: false,
      why: `The header length is ${length}, but only ${frame.byteLength - 4} bytes follow.`,
    };
  }
  try {
    return { ok: true, ...splitBinary(frame) };
  } catch {
    return { ok: false, why: "The header is not valid JSON. Send JSON in UTF-8." };
  }
}
