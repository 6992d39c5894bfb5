import { DormouseError } from "./errors.ts";
import { DATA_DEPTH } from "./limits.ts";
import { fitsUtf8 } from "./text.ts";

/** Whether JSON has more than `levels` nested arrays and objects. Stops at that depth. */
export function isDeeper(json: unknown, levels: number): boolean {
  if (typeof json !== "object" || json === null) return false;
  if (levels === 0) return true;
  // for-in avoids an array of all values, of which there may be a hundred thousand.
  if (Array.isArray(json)) return json.some((value) => isDeeper(value, levels - 1));
  for (const key in json) if (isDeeper((json as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}

/**
 * Encodes a value as JSON, within the limits of depth and size.
 * @param what names the value in the error message: `data of a signal`
 * @throws DormouseError `invalid_event`, `too_big`
 */
export function checkedJson(value: unknown, what: string, maxBytes: number): string {
  if (isDeeper(value, DATA_DEPTH)) {
    const why = `The ${what} is nested too deeply. Use at most ${DATA_DEPTH} levels.`;
    throw new DormouseError("invalid_event", why);
  }
  const text = JSON.stringify(value);
  if (fitsUtf8(text, maxBytes)) return text;
  throw new DormouseError("too_big", `The ${what} is too big. Send at most ${maxBytes} bytes of JSON.`);
}
