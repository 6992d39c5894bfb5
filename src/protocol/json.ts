import { DormouseError } from "./errors.ts";
import { DATA_DEPTH } from "./limits.ts";
import { fitsUtf8 } from "./text.ts";

/** Whether JSON has more than `levels` arrays and objects inside each other. It looks no deeper than that. */
export function isDeeper(json: unknown, levels: number): boolean {
  if (typeof json !== "object" || json === null) return false;
  if (levels === 0) return true;
  // No list of the values is made: there may be a hundred thousand of them.
  if (Array.isArray(json)) return json.some((value) => isDeeper(value, levels - 1));
  for (const key in json) if (isDeeper((json as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}

/**
 * A value as JSON text, if it is not nested too deep, and is no longer than this in UTF-8.
 * @throws DormouseError `invalid_event`, `too_big`
 */
export function checkedJson(value: unknown, what: string, maxBytes: number): string {
  if (isDeeper(value, DATA_DEPTH)) {
    throw new DormouseError("invalid_event", `The ${what} is nested at most ${DATA_DEPTH} levels deep.`);
  }
  const text = JSON.stringify(value);
  if (fitsUtf8(text, maxBytes)) return text;
  throw new DormouseError("too_big", `The ${what} has at most ${maxBytes} bytes as JSON.`);
}
