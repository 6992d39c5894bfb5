import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { abortAfter, waitAtMost } from "../../src/time/time-limit.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<never>(() => {});

test("gives the result of a call that answers in time, and leaves no timer", async () => {
  await expect(waitAtMost(1000, Promise.resolve("answer"), () => "late")).resolves.toBe("answer");
  await expect(waitAtMost(1000, Promise.reject(new Error("no")), () => "late")).rejects.toThrow("no");
  await expect(abortAfter(1000, async (signal) => signal.aborted)).resolves.toBe(false);
  await expect(abortAfter(1000, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(vi.getTimerCount()).toBe(0);
});

test("gives what a timeout gives instead, or throws what it throws, and not earlier", async () => {
  const results: unknown[] = [];
  void waitAtMost(1000, never, () => "late").then((result) => results.push(result));
  const refused = waitAtMost(1000, never, () => {
    throw new Error("late");
  });
  void refused.catch((error: Error) => results.push(error.message));
  await vi.advanceTimersByTimeAsync(999);
  expect(results).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(results).toEqual(["late", "late"]);
});

test("aborts a call that takes longer with a TimeoutError", async () => {
  let signal: AbortSignal | undefined;
  void abortAfter(1000, (given) => {
    signal = given;
    return never;
  });
  await vi.advanceTimersByTimeAsync(999);
  expect(signal?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(signal?.reason).toMatchObject({ name: "TimeoutError" });
});
