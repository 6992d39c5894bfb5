import { describe, expect, test } from "vitest";
import { publicErrorOf } from "../../src/http/public-error.ts";

describe("publicErrorOf", () => {
  test.each([
    [
      "the runtime, such as of a full disk",
      new Error("internal error; reference = nq97m52p6g1qf8m2j0miocvt"),
    ],
    ["the storage", new Error("database or disk is full: SQLITE_FULL")],
    ["the platform that may be repeated", Object.assign(new Error("Network lost."), { retryable: true })],
  ])("[RUN-10] tells the caller of an error of %s to try again", (_, error) => {
    const { code, retryAfter } = publicErrorOf(error);
    expect([code, retryAfter]).toEqual(["unavailable", expect.any(Number)]);
  });

  test("[RUN-10] tells nobody to try again after another error", () => {
    for (const why of ["no such table: notes: SQLITE_ERROR", "an internal error; reference = 1"])
      expect(publicErrorOf(new Error(why))).toMatchObject({ code: "internal" });
  });
});
