import { describe, expect, test } from "vitest";
import { toHex } from "../../../src/app/files/hex.ts";

describe("toHex", () => {
  test("[PAGE-4] writes two digits per byte with the separator between them", () => {
    expect(toHex(new Uint8Array([0, 10, 255]), " ")).toBe("00 0a ff");
  });
});
