import { DormouseError, RETRY_LATER_MS } from "../protocol/codes.ts";
import { SettingError } from "../settings/read.ts";

/** The error that a caller receives. Of an unexpected error it says nothing but whether to try again. */
export function publicError(error: unknown): DormouseError {
  if (error instanceof DormouseError) return error;
  if (error instanceof SettingError) return new DormouseError("misconfigured", error.message);
  console.error("A request failed:", error);
  return isPassing(error)
    ? new DormouseError("unavailable", "The room could not be reached.", RETRY_LATER_MS)
    : new DormouseError("internal", "The server failed; the fault is logged on its side.");
}

/** Faults of the platform after which the same call may go well (Durable Objects, "Error handling"). */
function isPassing(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  return (
    ("retryable" in error && error.retryable === true) || ("overloaded" in error && error.overloaded === true)
  );
}
