import { describe, expect, test } from "vitest";
import { CLOSES, retryAfterClose } from "../../src/protocol/closes.ts";

const closes = Object.entries(CLOSES);

describe("CLOSES", () => {
  test("[CLOSE-5] lists only codes and reasons that a close frame can carry", () => {
    expect(closes.length).toBeGreaterThan(0);
    for (const [name, { code, reason }] of closes) {
      // The runtime throws on a code or reason that is not allowed in a close frame.
      const { 0: client, 1: server } = new WebSocketPair();
      server.accept();
      client.accept();
      expect(() => server.close(code, reason), name).not.toThrow();
      expect(new TextEncoder().encode(reason).length, name).toBeLessThanOrEqual(123);
      expect(reason.length, name).toBeGreaterThan(0);
    }
  });

  test("[CLOSE-5] has a different code for each close", () => {
    expect(new Set(closes.map(([, { code }]) => code)).size).toBe(closes.length);
  });
});

describe("retryAfterClose", () => {
  test("[CLOSE-5] advises when to reconnect after each close", () => {
    const advised = (advice: string) =>
      closes.filter(([, { code }]) => retryAfterClose(code) === advice).map(([name]) => name);
    expect(advised("now")).toEqual(["going_away", "token_ended", "too_slow", "erased"]);
    expect(advised("later")).toEqual(["server_error", "busy", "rate_abused"]);
    expect(advised("never")).toHaveLength(closes.length - 7);
  });

  test.each([
    ["a lost connection", 1006, "later"],
    ["a close without a code", 1005, "later"],
    ["a restarting service", 1012, "later"],
    ["a bad gateway", 1014, "later"],
    ["an unknown private code", 4999, "never"],
  ])("[CLOSE-5] after %s (%d) advises %s", (_what, code, retry) => {
    expect(retryAfterClose(code)).toBe(retry);
  });
});
