import { expect, test } from "vitest";
import { decodeBinary, encodeBinary } from "../../src/protocol/binary.ts";
import { BINARY_HEADER_BYTES } from "../../src/protocol/limits.ts";

/** A frame with this header length, whatever the bytes after it are. */
function frameOf(length: number, rest: Uint8Array | string): ArrayBuffer {
  const tail = typeof rest === "string" ? new TextEncoder().encode(rest) : rest;
  const frame = new Uint8Array(4 + tail.length);
  new DataView(frame.buffer).setUint32(0, length);
  frame.set(tail, 4);
  return frame.buffer;
}

/** A JSON object of exactly `length` bytes. */
function jsonOf(length: number): string {
  return `{"a":"${"x".repeat(length - 8)}"}`;
}

test("encodeBinary writes a big-endian length, the header as JSON, and the bytes", () => {
  const frame = new Uint8Array(encodeBinary({ n: 1 }, new Uint8Array([0xde, 0xad])));
  expect([...frame]).toEqual([0, 0, 0, 7, ...new TextEncoder().encode('{"n":1}'), 0xde, 0xad]);
});

test("encodeBinary counts the header in bytes, not characters", () => {
  const frame = encodeBinary({ n: "大厅" }, new Uint8Array([7]));
  expect(new DataView(frame).getUint32(0)).toBe(14);
  expect(decodeBinary(frame)).toEqual({ ok: true, header: { n: "大厅" }, bytes: new Uint8Array([7]) });
});

test("decodeBinary returns bytes of every value, and no bytes", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(decodeBinary(encodeBinary({ id: "a" }, all))).toEqual({ ok: true, header: { id: "a" }, bytes: all });
  const none = new Uint8Array();
  expect(decodeBinary(encodeBinary({ id: "a" }, none))).toEqual({
    ok: true,
    header: { id: "a" },
    bytes: none,
  });
});

test("decodeBinary returns the bytes as a view of the frame", () => {
  const frame = encodeBinary({}, new Uint8Array(3));
  const decoded = decodeBinary(frame);
  expect(decoded.ok && decoded.bytes.buffer).toBe(frame);
});

test("[LIM-7] decodeBinary refuses a header of more than BINARY_HEADER_BYTES", () => {
  const most = frameOf(BINARY_HEADER_BYTES, jsonOf(BINARY_HEADER_BYTES));
  expect(decodeBinary(most)).toMatchObject({ ok: true, bytes: new Uint8Array() });
  const more = decodeBinary(frameOf(BINARY_HEADER_BYTES + 1, jsonOf(BINARY_HEADER_BYTES + 1)));
  expect(more).toMatchObject({ ok: false, why: expect.stringContaining(`1 to ${BINARY_HEADER_BYTES}`) });
});

test("decodeBinary refuses a header that is longer than the frame", () => {
  expect(decodeBinary(frameOf(2, "{}"))).toMatchObject({ ok: true, header: {} });
  expect(decodeBinary(frameOf(3, "{}"))).toMatchObject({ ok: false, why: expect.stringContaining("only 2") });
});

test.each([
  ["an empty frame", new ArrayBuffer(0), "shorter"],
  ["three bytes", new ArrayBuffer(3), "shorter"],
  ["a length of 0", frameOf(0, "{}"), "length is 0"],
  ["a length with its highest bit set", frameOf(0xffffffff, "{}"), "length is 4294967295"],
  ["a header that is not JSON", frameOf(2, "{x"), "not valid JSON"],
  ["a header that is not UTF-8", frameOf(4, new Uint8Array([0x22, 0xc3, 0x28, 0x22])), "not valid JSON"],
  [
    "a header with a byte order mark",
    frameOf(5, new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d])),
    "not valid JSON",
  ],
])("decodeBinary refuses %s", (_what, frame, why) => {
  expect(decodeBinary(frame)).toEqual({ ok: false, why: expect.stringContaining(why) });
});
