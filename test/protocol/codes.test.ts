import { expect, test } from "vitest";
import { CLOSES, retryAfterClose } from "../../src/protocol/closes.ts";
import { DormouseError, ERROR_CODES, ERRORS } from "../../src/protocol/errors.ts";
import { problemResponse } from "../../src/protocol/problem.ts";

const closes = Object.entries(CLOSES);

test("[CLOSE-5] every close of the table may be sent by a server", () => {
  expect(closes.length).toBeGreaterThan(0);
  for (const [name, { code, reason }] of closes) {
    // The runtime is the judge: it throws on a code or a reason that no close frame may carry.
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    client.accept();
    expect(() => server.close(code, reason), name).not.toThrow();
    expect(new TextEncoder().encode(reason).length, name).toBeLessThanOrEqual(123);
    expect(reason.length, name).toBeGreaterThan(0);
  }
});

test("[CLOSE-5] no two closes share a code", () => {
  expect(new Set(closes.map(([, { code }]) => code)).size).toBe(closes.length);
});

test("[CLOSE-5] each close says whether to come back", () => {
  const advised = (advice: string) =>
    closes.filter(([, { code }]) => retryAfterClose(code) === advice).map(([name]) => name);
  expect(advised("now")).toEqual(["going_away", "token_ended", "too_slow", "erased"]);
  expect(advised("later")).toEqual(["server_error", "busy", "rate_abused"]);
  expect(advised("never")).toHaveLength(closes.length - 7);
});

test.each([
  ["a connection that was lost", 1006, "later"],
  ["a close without a code", 1005, "later"],
  ["a service that restarts", 1012, "later"],
  ["a bad gateway", 1014, "later"],
  ["a code that this version does not know", 4999, "never"],
])("[CLOSE-5] the advice after %s", (_what, code, retry) => {
  expect(retryAfterClose(code)).toBe(retry);
});

test("what a client did is told by a 4xx status, what the server did by a 5xx", () => {
  const ours = ERROR_CODES.filter((code) => ERRORS[code].status >= 500).toSorted();
  expect(ours).toEqual(["internal", "misconfigured", "room_full", "unavailable"]);
  for (const code of ERROR_CODES) expect(ERRORS[code].status, code).toBeGreaterThanOrEqual(400);
});

test("an error is answered as problem+json, with its code and its sentence", async () => {
  const response = problemResponse(new DormouseError("invalid_room", "Why."), { allow: "GET" });
  expect(response.status).toBe(400);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("allow")).toBe("GET");
  expect(response.headers.has("retry-after")).toBe(false);
  expect(await response.json()).toEqual({
    type: "about:blank",
    title: ERRORS.invalid_room.title,
    status: 400,
    code: "invalid_room",
    detail: "Why.",
  });
});

test("another try is advised in whole seconds to HTTP, in milliseconds to the reader of the body", async () => {
  const response = problemResponse(new DormouseError("unavailable", "Why.", 1200));
  expect(response.headers.get("retry-after")).toBe("2");
  expect(await response.json()).toMatchObject({ code: "unavailable", retryAfter: 1200 });
});
