import { vi } from "vitest";
import { WAIT_MS } from "./queue.ts";

/**
 * Calls a function again and again until it no longer throws, and returns its result.
 * @param options.interval the time between two calls: milliseconds. With fake timers, each call advances them by this.
 * @param options.timeout milliseconds
 */
export function waitFor<Value>(
  callback: () => Value | Promise<Value>,
  { interval = 50, timeout = WAIT_MS } = {},
): Promise<Value> {
  return vi.waitFor(callback, { timeout, interval });
}
