import { describe, expect, test } from "vitest";
import { DormouseError } from "../../src/protocol/errors.ts";
import { ROOM_BYTES } from "../../src/protocol/limits.ts";
import { displayName, roomName } from "../../src/protocol/names.ts";

const refused = (code: string) => expect.objectContaining({ name: DormouseError.name, code });

describe("room names", () => {
  test.each([
    ["one byte", "a", "a"],
    ["128 bytes", "a".repeat(ROOM_BYTES), "a".repeat(ROOM_BYTES)],
    ["128 bytes, written in 384", "%61".repeat(ROOM_BYTES), "a".repeat(ROOM_BYTES)],
    ["128 bytes of two-byte characters", encodeURIComponent("é".repeat(64)), "é".repeat(64)],
    ["126 bytes of three-byte characters", encodeURIComponent("大".repeat(42)), "大".repeat(42)],
    ["128 bytes of four-byte characters", encodeURIComponent("🐭".repeat(32)), "🐭".repeat(32)],
    ["a name that is not Latin", "%E5%A4%A7%E5%8E%85", "大厅"],
    ["a name that was not encoded", "大厅", "大厅"],
    ["what an address gives a meaning to", "%3Fa%23b%26c%3Dd%20e%5C", "?a#b&c=d e\\"],
    ["a percent sign", "100%25", "100%"],
    ["one decoding only", "a%252Fb", "a%2Fb"],
    ["a plus, which is no space", "a+b", "a+b"],
  ])("[LIM-3] %s", (_what, segment, name) => {
    expect(roomName(segment)).toBe(name);
  });

  test.each([
    ["no name", ""],
    ["129 bytes", "a".repeat(ROOM_BYTES + 1)],
    ["65 two-byte characters", encodeURIComponent("é".repeat(65))],
    ["43 three-byte characters", encodeURIComponent("大".repeat(43))],
    ["128 bytes and one that is encoded", `${"a".repeat(ROOM_BYTES)}%61`],
    ["an encoded slash", "a%2Fb"],
    ["a zero byte", "a%00b"],
    ["a newline", "a%0Ab"],
    ["the last of the ASCII control characters", "a%7Fb"],
    ["a control character of the Latin-1 block", "a%C2%85b"],
    ["a percent sign without digits", "a%"],
    ["a percent sign with one digit", "a%4"],
    ["a percent sign with other letters", "a%zz"],
    ["bytes that are not UTF-8", "%C3%28"],
    ["a slash in more bytes than it needs", "%C0%AF"],
    ["half a surrogate pair in bytes", "%ED%A0%80"],
  ])("[LIM-3] no room: %s", (_what, segment) => {
    expect(() => roomName(segment)).toThrow(refused("invalid_room"));
  });

  test("[LIM-3] composed and decomposed, a name is one room", () => {
    const composed = encodeURIComponent("caf\u00e9");
    const decomposed = encodeURIComponent("cafe\u0301");
    expect(decomposed).not.toBe(composed);
    expect(roomName(decomposed)).toBe(roomName(composed));
  });

  test("[LIM-3] bytes are counted in NFC", () => {
    // 43 of them take 129 bytes as sent, 86 once composed.
    expect(roomName(encodeURIComponent("e\u0301".repeat(43)))).toBe("\u00e9".repeat(43));
    // This one grows: NFC takes it apart, so 64 of two bytes become 64 of four.
    const growing = "\u0344";
    expect(new TextEncoder().encode(growing.repeat(64)).length).toBe(ROOM_BYTES);
    expect(() => roomName(encodeURIComponent(growing.repeat(64)))).toThrow(refused("invalid_room"));
  });
});

describe("display names", () => {
  test.each([
    ["one character", "A", "A"],
    ["as many as there may be", "a".repeat(64), "a".repeat(64)],
    ["as many of four bytes", "🐭".repeat(64), "🐭".repeat(64)],
    ["space around it is not counted", `  ${"a".repeat(64)}\t\n`, "a".repeat(64)],
    ["space within", "Ada Lovelace", "Ada Lovelace"],
    ["decomposed", "Zoe\u0308", "Zo\u00eb"],
  ])("[LIM-7] %s", (_what, raw, name) => {
    expect(displayName(raw, 64)).toBe(name);
  });

  test.each([
    ["nothing", ""],
    ["nothing but space", " \t\n "],
    ["one more than there may be", "a".repeat(65)],
    ["one more of four bytes", "🐭".repeat(65)],
    ["a control character", "a\u0007b"],
    ["a newline", "a\nb"],
  ])("[LIM-7] no name: %s", (_what, raw) => {
    expect(() => displayName(raw, 64)).toThrow(refused("invalid_name"));
  });

  test("[LIM-7] characters are counted in NFC", () => {
    expect(displayName("e\u0301".repeat(64), 64)).toBe("\u00e9".repeat(64));
  });
});
