import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { decodeBinary } from "../../../src/protocol/binary.ts";
import { messagesSchema } from "../../../src/protocol/down.ts";
import { binarySegment, logMessages, plainFrames, segmentAfter } from "../../../src/room/log/segment.ts";
import { AWKWARD, message, segment } from "./in-object.ts";

const HEADER = { seq: 7, at: 1000, id: "7", from: "guest_a", name: "Ada" };
const MIXED = ["text", "", 7, null, { a: [1, { b: "大厅" }] }, '"quoted"\n'];

describe("segments", () => {
  test("a text segment is a frame of the protocol, with its first and last seq", () => {
    const { first, last, at, body } = segment(5, MIXED, 1234);
    expect({ first, last, at }).toEqual({ first: 5, last: 10, at: 1234 });
    const frame = v.parse(messagesSchema, JSON.parse(String(body)));
    expect(frame.first).toBe(5);
    expect(frame.at).toBe(1234);
    expect(frame.messages.map(({ data }) => data)).toEqual(MIXED);
  });

  test("a binary segment is a frame of the protocol", () => {
    const { first, last, at, body } = binarySegment(HEADER, new Uint8Array([1, 2]));
    expect({ first, last, at }).toEqual({ first: 7, last: 7, at: 1000 });
    expect(body instanceof ArrayBuffer && decodeBinary(body)).toEqual({
      ok: true,
      header: { type: "message", ...HEADER },
      bytes: new Uint8Array([1, 2]),
    });
  });
});

describe("segmentAfter", () => {
  const whole = segment(5, ["a", "b", "c"]);

  test.each([
    ["returns the whole segment after the seq before it", 4, segment(5, ["a", "b", "c"])],
    ["leaves out the first message", 5, segment(6, ["b", "c"])],
    ["returns the last message alone", 6, segment(7, ["c"])],
    ["returns the whole segment after an earlier seq", 0, segment(5, ["a", "b", "c"])],
  ])("%s", (_what, seq, part) => {
    expect(segmentAfter(whole, seq)).toEqual(part);
  });

  test("returns the same object if the whole segment comes after the seq", () => {
    expect(segmentAfter(whole, 4)).toBe(whole);
    const binary = binarySegment(HEADER, new Uint8Array(1));
    expect(segmentAfter(binary, 6)).toBe(binary);
  });

  test("returns each message exactly as it was encoded", () => {
    const data = [0, ...MIXED, AWKWARD, "\u2028\ud800", 1e21];
    const [, ...rest] = data;
    expect(segmentAfter(segment(1, data), 1).body).toBe(segment(2, rest).body);
  });
});

describe("plainFrames", () => {
  test("returns strings as they are, other JSON as text, and bytes as bytes", () => {
    expect(plainFrames(segment(1, MIXED))).toEqual([
      "text",
      "",
      "7",
      "null",
      '{"a":[1,{"b":"大厅"}]}',
      '"quoted"\n',
    ]);
    expect(plainFrames(binarySegment(HEADER, new Uint8Array([0, 255])))).toEqual([new Uint8Array([0, 255])]);
  });
});

describe("logMessages", () => {
  test("returns each message with its seq and its time", () => {
    expect(logMessages(segment(5, ["a", { b: 1 }], 1234))).toEqual([
      message(5, "a", 1234),
      message(6, { b: 1 }, 1234),
    ]);
    expect(logMessages(binarySegment(HEADER, new TextEncoder().encode("大")))).toEqual([
      { ...HEADER, binary: "5aSn" },
    ]);
  });
});
