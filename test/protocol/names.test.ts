import { describe, expect, test } from "vitest";
import { DormouseError } from "../../src/protocol/errors.ts";
import { ROOM_BYTES } from "../../src/protocol/limits.ts";
import { displayName, roomName } from "../../src/protocol/names.ts";

const refused = (code: string) => expect.objectContaining({ name: DormouseError.name, code });

describe("roomName", () => {
  test.each([
    ["one byte", "a", "a"],
    ["128 bytes", "a".repeat(ROOM_BYTES), "a".repeat(ROOM_BYTES)],
    ["128 bytes, sent as 384", "%61".repeat(ROOM_BYTES), "a".repeat(ROOM_BYTES)],
    ["128 bytes of two-byte characters", encodeURIComponent("é".repeat(64)), "é".repeat(64)],
    ["126 bytes of three-byte characters", encodeURIComponent("大".repeat(42)), "大".repeat(42)],
    ["128 bytes of four-byte characters", encodeURIComponent("🐭".repeat(32)), "🐭".repeat(32)],
    ["a name in another script", "%E5%A4%A7%E5%8E%85", "大厅"],
    ["a name that is not encoded", "大厅", "大厅"],
    ["characters with a meaning in URLs", "%3Fa%23b%26c%3Dd%20e%5C", "?a#b&c=d e\\"],
    ["a percent sign", "100%25", "100%"],
    ["a name that is encoded twice, decoded once", "a%252Fb", "a%2Fb"],
    ["a plus, which does not mean a space", "a+b", "a+b"],
  ])("[LIM-3] accepts %s", (_what, segment, name) => {
    expect(roomName(segment)).toBe(name);
  });

  test.each([
    ["an empty name", ""],
    ["129 bytes", "a".repeat(ROOM_BYTES + 1)],
    ["65 two-byte characters", encodeURIComponent("é".repeat(65))],
    ["43 three-byte characters", encodeURIComponent("大".repeat(43))],
    ["128 bytes and one more that is encoded", `${"a".repeat(ROOM_BYTES)}%61`],
    ["an encoded slash", "a%2Fb"],
    ["a zero byte", "a%00b"],
    ["a newline", "a%0Ab"],
    ["the last ASCII control character", "a%7Fb"],
    ["a control character of Latin-1", "a%C2%85b"],
    ["a percent sign without digits", "a%"],
    ["a percent sign with one digit", "a%4"],
    ["a percent sign with letters that are not digits", "a%zz"],
    ["bytes that are not UTF-8", "%C3%28"],
    ["an overlong encoding of a slash", "%C0%AF"],
    ["an encoded lone surrogate", "%ED%A0%80"],
  ])("[LIM-3] refuses %s", (_what, segment) => {
    expect(() => roomName(segment)).toThrow(refused("invalid_room"));
  });

  test("[LIM-3] maps composed and decomposed names to one room", () => {
    const composed = encodeURIComponent("caf\u00e9");
    const decomposed = encodeURIComponent("cafe\u0301");
    expect(decomposed).not.toBe(composed);
    expect(roomName(decomposed)).toBe(roomName(composed));
  });

  test("[LIM-3] counts bytes in NFC", () => {
    // 129 bytes as sent, 86 bytes when composed.
    expect(roomName(encodeURIComponent("e\u0301".repeat(43)))).toBe("\u00e9".repeat(43));
    // NFC decomposes this character: two bytes become four.
    const growing = "\u0344";
    expect(new TextEncoder().encode(growing.repeat(64)).length).toBe(ROOM_BYTES);
    expect(() => roomName(encodeURIComponent(growing.repeat(64)))).toThrow(refused("invalid_room"));
  });
});

describe("displayName", () => {
  test.each([
    ["one character", "A", "A"],
    ["64 characters", "a".repeat(64), "a".repeat(64)],
    ["64 characters of four bytes", "🐭".repeat(64), "🐭".repeat(64)],
    ["64 characters with space around them", `  ${"a".repeat(64)}\t\n`, "a".repeat(64)],
    ["a space inside the name", "Ada Lovelace", "Ada Lovelace"],
    ["a decomposed name", "Zoe\u0308", "Zo\u00eb"],
  ])("[LIM-7] accepts %s", (_what, raw, name) => {
    expect(displayName(raw, 64)).toBe(name);
  });

  test.each([
    ["an empty name", ""],
    ["only white space", " \t\n "],
    ["65 characters", "a".repeat(65)],
    ["65 characters of four bytes", "🐭".repeat(65)],
    ["a control character", "a\u0007b"],
    ["a newline", "a\nb"],
  ])("[LIM-7] refuses %s", (_what, raw) => {
    expect(() => displayName(raw, 64)).toThrow(refused("invalid_name"));
  });

  test("[LIM-7] counts characters in NFC", () => {
    expect(displayName("e\u0301".repeat(64), 64)).toBe("\u00e9".repeat(64));
  });
});
