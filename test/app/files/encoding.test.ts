import { describe, expect, test } from "vitest";
import { fromBase64, toBase64, toHex } from "../../../src/app/files/encoding.ts";

describe("base64", () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256);

  test("[PAGE-2] decodes what was encoded, in the standard alphabet", () => {
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  });
});

describe("toHex", () => {
  test("[PAGE-4] writes two digits per byte with the separator between them", () => {
    expect(toHex(new Uint8Array([0, 10, 255]), " ")).toBe("00 0a ff");
  });
});
