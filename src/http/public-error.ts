import { RETRY_LATER_MS } from "../protocol/closes.ts";
import { DormouseError } from "../protocol/errors.ts";
import { SettingError } from "../settings/settings.ts";
import { isolateTelemetry } from "../telemetry/isolate-telemetry.ts";

/** The error that the caller receives. An unexpected error is logged, and its details stay on the server. */
export function publicErrorOf(error: unknown): DormouseError {
  if (error instanceof DormouseError) return error;
  if (error instanceof SettingError) return new DormouseError("misconfigured", error.message);
  isolateTelemetry.fault("internal", "A request", error);
  const why = isOfStorage(error)
    ? "The storage failed."
    : isTransient(error) && "The room could not be reached.";
  return why
    ? new DormouseError("unavailable", `${why} Try again later.`, RETRY_LATER_MS)
    : new DormouseError("internal", "The server failed. The error is in its log.");
}

/** Platform errors after which the same call may succeed (Durable Objects, "Error handling"). */
function isTransient(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  return (
    ("retryable" in error && error.retryable === true) || ("overloaded" in error && error.overloaded === true)
  );
}

/** The disk is full, broken or busy. The runtime resets the room, and mostly says no more than that an internal error happened. */
function isOfStorage(error: unknown): boolean {
  return (
    error instanceof Error && /^internal error; reference = |: SQLITE_(FULL|IOERR|BUSY)/.test(error.message)
  );
}
