import { waitAtMost } from "../time/time-limit.ts";

/** How long the file store may take for a call without bytes: milliseconds. */
const STORE_TIMEOUT_MS = 30_000;

/** Waits for the file store. A call that hangs would keep its object in memory. @throws Error where it takes too long */
export async function waitForFileStore<Value>(call: Promise<Value>): Promise<Value> {
  return await waitAtMost(STORE_TIMEOUT_MS, call, () => {
    throw new Error("The file store did not answer in time.");
  });
}
