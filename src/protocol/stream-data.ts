import { DormouseError } from "./errors.ts";
import { textIn } from "./operations.ts";

/** Checks that appends can extend the data of a stream. @throws DormouseError `invalid_event` */
export function checkStreamData(data: unknown): void {
  if (textIn(data) !== undefined) return;
  throw new DormouseError(
    "invalid_event",
    "The data of a stream must be a string, or an object with a text.",
  );
}
