import { describe, expect, test } from "vitest";
import { epochAt, epochTime } from "../../../src/room/log/epoch.ts";

const NOW = 1_800_000_000_000;

describe("epochs", () => {
  test("[DUR-10] tell their own room when they began, and no other room", () => {
    const epoch = epochAt("one", NOW);
    expect(epoch).toMatch(/^[0-9a-f]{16}$/);
    expect(epochTime("one", epoch)).toBe(NOW);
    expect(epochTime("two", epoch)).toBeUndefined();
    for (const other of ["", "garbage", "0123456789abcdef", epoch.toUpperCase(), `${epoch}0`])
      expect(epochTime("one", other)).toBeUndefined();
  });

  test("[DUR-10] differ for each millisecond", () => {
    const epochs = Array.from({ length: 1000 }, (_, i) => epochAt("one", NOW + i));
    expect(new Set(epochs).size).toBe(1000);
  });
});
