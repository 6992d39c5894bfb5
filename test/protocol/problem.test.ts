import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { problemSchema } from "../../src/protocol/api.ts";
import { DormouseError, ERROR_CODES, ERRORS } from "../../src/protocol/errors.ts";
import { problemResponse } from "../../src/protocol/problem.ts";

describe("ERRORS", () => {
  test("uses 5xx for errors of the service and 4xx for all others", () => {
    const ours = ERROR_CODES.filter((code) => ERRORS[code].status >= 500).toSorted();
    expect(ours).toEqual([
      "hook_async",
      "hook_failed",
      "internal",
      "misconfigured",
      "no_directory",
      "room_full",
      "unavailable",
    ]);
    for (const code of ERROR_CODES) expect(ERRORS[code].status, code).toBeGreaterThanOrEqual(400);
  });
});

describe("problemResponse", () => {
  test("answers application/problem+json with the code and the message", async () => {
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

  test("gives retryAfter in milliseconds, and Retry-After in whole seconds", async () => {
    const response = problemResponse(new DormouseError("unavailable", "Why.", 1200));
    expect(response.headers.get("retry-after")).toBe("2");
    expect(await response.json()).toMatchObject({ code: "unavailable", retryAfter: 1200 });
  });

  test("matches problemSchema", async () => {
    const error = new DormouseError("forbidden", "Why.", 500, "publish");
    const problem = await problemResponse(error).json();
    expect(v.parse(v.strictObject(problemSchema.entries), problem)).toEqual(problem);
  });
});
