import { vi } from "vitest";

/**
 * Calls a function again and again until it no longer throws, and returns its result. A busy machine may stand still for seconds, so the
 * time limit is long: only a test that fails waits for it.
 * @param options.interval the time between two calls: milliseconds. With fake timers, each call advances them by this.
 * @param options.timeout milliseconds
 */
export function waitFor<Value>(
  callback: () => Value | Promise<Value>,
  { interval = 50, timeout = 15_000 } = {},
): Promise<Value> {
  return vi.waitFor(callback, { timeout, interval });
}
