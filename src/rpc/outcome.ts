import { DormouseError, type ErrorCode } from "../protocol/errors.ts";

/**
 * The answer of a room: a value, or why there is none. An error that is thrown from one object to another keeps its
 * message only, so a refusal travels as data.
 */
export type Outcome<Value> = { value: Value } | { refusal: Refusal };
type Refusal = { code: ErrorCode; message: string; retryAfter?: number };

export function refused({ code, message, retryAfter }: DormouseError): { refusal: Refusal } {
  return { refusal: { code, message, ...(retryAfter === undefined ? {} : { retryAfter }) } };
}

/** @throws DormouseError where it was refused */
export function unwrap<Value>(outcome: Outcome<Value>): Value {
  if ("value" in outcome) return outcome.value;
  const { code, message, retryAfter } = outcome.refusal;
  throw new DormouseError(code, message, retryAfter);
}

/** The outcome of something that may be refused by an exception. Any other exception is passed on. */
export function outcomeOf<Value>(run: () => Value): Outcome<Value> {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof DormouseError) return refused(error);
    throw error;
  }
}
