import { DormouseError } from "../../protocol/errors.ts";
import type { RouteRequest } from "../route.ts";

/**
 * A segment of the path as text.
 * @param what names it in the error
 * @throws DormouseError `invalid_query`
 */
export function textSegment({ segment }: RouteRequest, name: string, what: string, maxChars: number): string {
  try {
    const text = decodeURIComponent(segment(name));
    if (text.length > 0 && text.length <= maxChars) return text;
  } catch {
    // Percent-encoding that is not UTF-8: refused below.
  }
  const why = `Invalid ${what}. Send percent-encoded UTF-8 of 1 to ${maxChars} characters.`;
  throw new DormouseError("invalid_query", why);
}

/** The seq in a path. @throws DormouseError `invalid_query` */
export function seqSegment({ segment }: RouteRequest): number {
  const text = segment("seq");
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new DormouseError("invalid_query", "Invalid seq. Send the number of a message.");
}
