import * as v from "valibot";
import { decodeBinary } from "../../protocol/binary.ts";
import type { ErrorCode } from "../../protocol/codes.ts";
import { whatIsMissing, whatIsWrong } from "../../protocol/fields.ts";
import { mayFit } from "../../protocol/text.ts";
import { binaryUpSchema, UP_TYPES, type Up, upSchema } from "../../protocol/up.ts";

/** The event of a frame, or its fault; `id` is the id of the faulty event, if it has one. */
export type Decoded<Event> =
  | { ok: true; event: Event }
  | { ok: false; code: ErrorCode; why: string; id: string | undefined };

const ECHOED_ID_CHARS = 256;

/** Where an id stands in frames whose data is long: before the data, or after it, whatever the order of the keys. */
const EARLY_ID = /^\s*\{\s*(?:"type"\s*:\s*"publish"\s*,\s*)?"id"\s*:\s*"([^"\\]{1,64})"/;
const LATE_ID = /"id"\s*:\s*"([^"\\]{1,64})"\s*(?:,\s*"type"\s*:\s*"publish"\s*)?\}\s*$/;

/**
 * @param maxChars characters of a frame, each escape counted as one. A longer frame is not parsed, which would hold the room up:
 * its message could not be taken.
 */
export function decodeText(frame: string, maxChars: number): Decoded<Up> {
  if (!mayFit(frame, maxChars)) {
    const why = `A frame has at most ${maxChars} characters, each escape counted as one; this one has ${frame.length}. Send less.`;
    return { ok: false, code: "too_big", why, id: earlyId(frame) };
  }
  let json: unknown;
  try {
    json = JSON.parse(frame);
  } catch {
    return {
      ok: false,
      code: "bad_json",
      why: "A text frame holds one JSON object; this one is not JSON.",
      id: undefined,
    };
  }
  const type = fieldOf(json, "type");
  if (typeof type !== "string" || !(UP_TYPES as readonly string[]).includes(type)) {
    const why = `An event is a JSON object with a type, one of: ${UP_TYPES.join(", ")}.`;
    return { ok: false, code: "bad_event", why, id: idOf(json) };
  }
  const parsed = v.safeParse(upSchema, json, { abortEarly: true });
  if (!parsed.success)
    return { ok: false, code: "invalid_event", why: sentence(type, parsed.issues[0]), id: idOf(json) };
  const event = parsed.output;
  const missing = event.type === "publish" ? whatIsMissing(event) : undefined;
  if (missing === undefined) return { ok: true, event };
  return { ok: false, code: "invalid_event", why: `In a publish event, ${missing}.`, id: idOf(json) };
}

/** The id of an event that is not read as a whole. */
export function earlyId(frame: string): string | undefined {
  const found = EARLY_ID.exec(frame.slice(0, ECHOED_ID_CHARS)) ?? LATE_ID.exec(frame.slice(-ECHOED_ID_CHARS));
  return found?.[1];
}

export function decodeBytes(frame: ArrayBuffer): Decoded<{ id: string; bytes: Uint8Array }> {
  const binary = decodeBinary(frame);
  if (!binary.ok) return { ok: false, code: "bad_frame", why: binary.why, id: undefined };
  const header = v.safeParse(binaryUpSchema, binary.header, { abortEarly: true });
  const field = ["op", "stream"].find((name) => fieldOf(binary.header, name) !== undefined);
  if (field !== undefined) {
    const why = `A binary frame publishes a new message, so its header has no ${field}. Send an operation or a stream as a text frame.`;
    return { ok: false, code: "invalid_event", why, id: idOf(binary.header) };
  }
  if (header.success) return { ok: true, event: { id: header.output.id, bytes: binary.bytes } };
  if (fieldOf(binary.header, "type") !== "publish") {
    const why = 'The header of a binary frame is {"type":"publish","id":"…"}.';
    return { ok: false, code: "bad_event", why, id: idOf(binary.header) };
  }
  return {
    ok: false,
    code: "invalid_event",
    why: sentence("publish", header.issues[0]),
    id: idOf(binary.header),
  };
}

function fieldOf(json: unknown, name: string): unknown {
  return typeof json === "object" && json !== null && Object.hasOwn(json, name)
    ? (json as Record<string, unknown>)[name]
    : undefined;
}

function idOf(json: unknown): string | undefined {
  const id = fieldOf(json, "id");
  return typeof id === "string" && id.length <= ECHOED_ID_CHARS ? id : undefined;
}

/** A sentence about the first thing that is wrong. */
function sentence(type: string, issue: v.BaseIssue<unknown>): string {
  return `In ${type === "auth" ? "an" : "a"} ${type} event, ${whatIsWrong(issue)}.`;
}
