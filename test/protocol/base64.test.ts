import { describe, expect, test } from "vitest";
import { base64, base64url, fromBase64 } from "../../src/protocol/base64.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("base64", () => {
  // RFC 4648, section 10.
  test.each([
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foo", "Zm9v"],
    ["foobar", "Zm9vYmFy"],
  ])("encodes %j as %j and back", (text, encoded) => {
    const plain = new TextEncoder().encode(text);
    expect(base64(plain)).toBe(encoded);
    expect(fromBase64(encoded)).toEqual(plain);
  });

  test("encodes more bytes than one call takes arguments", () => {
    const many = new Uint8Array(300_001).map((_, i) => i % 251);
    expect(fromBase64(base64(many))).toEqual(many);
  });

  test("refuses text that is not base64", () => {
    expect(() => fromBase64("Zm9v!")).toThrow();
  });
});

describe("base64url", () => {
  test("uses - and _ and no padding", () => {
    const plain = bytes(0xfb, 0xff, 0xfe, 0xff);
    expect(base64(plain)).toBe("+//+/w==");
    expect(base64url(plain)).toBe("-__-_w");
  });
});
