import { describe, expect, test } from "vitest";
import { parseRetryAfter, retryDelay } from "../../src/webhooks/retry-policy.ts";

const HOUR_MS = 3_600_000;

describe("retryDelay", () => {
  test("[HOOK-4] doubles from 5 seconds to an hour, plus up to a quarter", () => {
    for (let failures = 0; failures < 14; failures++) {
      const backoff = Math.min(HOUR_MS, 5000 * 2 ** failures);
      const delay = retryDelay(failures, 0);
      expect(delay).toBeGreaterThanOrEqual(backoff);
      expect(delay).toBeLessThanOrEqual(backoff * 1.25);
    }
  });

  test("[HOOK-4] is at least what the receiver asked for, up to an hour", () => {
    expect(retryDelay(0, 60_000)).toBe(60_000);
    expect(retryDelay(0, 24 * HOUR_MS)).toBe(HOUR_MS);
    expect(retryDelay(10, 60_000)).toBeGreaterThanOrEqual(HOUR_MS);
  });
});

describe("parseRetryAfter", () => {
  test.each([
    ["120", 120_000],
    ["Fri, 15 Jan 2027 08:01:00 GMT", 60_000],
    ["Fri, 15 Jan 2027 07:00:00 GMT", 0],
    ["soon", 0],
    ["-5", 0],
    [null, 0],
  ])("[HOOK-4] reads %j as %i ms", (header, delay) => {
    expect(parseRetryAfter(header, Date.UTC(2027, 0, 15, 8))).toBe(delay);
  });
});
