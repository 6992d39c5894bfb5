import { expect, test } from "vitest";
import { epochAt, epochTime } from "../../../src/room/log/epoch.ts";

const NOW = 1_800_000_000_000;

test("[DUR-10] an epoch says when it began, and only to its own room", () => {
  const epoch = epochAt("one", NOW);
  expect(epoch).toMatch(/^[0-9a-f]{16}$/);
  expect(epochTime("one", epoch)).toBe(NOW);
  expect(epochTime("two", epoch)).toBeUndefined();
  for (const other of ["", "garbage", "0123456789abcdef", epoch.toUpperCase(), `${epoch}0`])
    expect(epochTime("one", other)).toBeUndefined();
});

test("[DUR-10] each millisecond has an epoch of its own", () => {
  const epochs = Array.from({ length: 1000 }, (_, i) => epochAt("one", NOW + i));
  expect(new Set(epochs).size).toBe(1000);
});
