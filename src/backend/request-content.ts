import { DormouseError } from "../protocol/errors.ts";
import type { HttpCall } from "./http-caller.ts";

/** Characters that a header can carry. */
const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;

type Content = Pick<HttpCall, "headers" | "body">;

/** @throws DormouseError `invalid_event` */
export function jsonBody(value: Record<string, unknown>): Content {
  try {
    return { headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
  } catch {
    throw new DormouseError(
      "invalid_event",
      "The data cannot be written as JSON. Remove cycles and BigInts.",
    );
  }
}

/** @throws DormouseError `invalid_event` */
export function bytesBody(bytes: Uint8Array, id: string): Content {
  const headers = { "content-type": "application/octet-stream", ...keyed(id).headers };
  return { headers, body: new Uint8Array(bytes) };
}

/** The id of a call whose body cannot carry it. @throws DormouseError `invalid_event` */
export function keyed(id: string): Required<Pick<HttpCall, "headers">> {
  if (!PRINTABLE_ASCII.test(id))
    throw new DormouseError("invalid_event", "The id of this call must be printable ASCII. Use another one.");
  // In quotes, an id keeps its own quotes and spaces.
  return { headers: { "idempotency-key": `"${id}"` } };
}

/** The key of a reaction in a path. @throws DormouseError `invalid_event` */
export function segmentOf(key: string): string {
  // An address drops the segments "." and "..".
  if (key === "" || key === "." || key === ".." || !key.isWellFormed())
    throw new DormouseError(
      "invalid_event",
      "The key of a reaction is invalid. Use another one, such as an emoji.",
    );
  return encodeURIComponent(key);
}

/** @throws DormouseError `invalid_target` */
export function checkedSeq(seq: number): number {
  if (Number.isSafeInteger(seq) && seq >= 0) return seq;
  throw new DormouseError("invalid_target", `${seq} is not the seq of a message.`);
}
