import * as v from "valibot";
import { DormouseError } from "../../protocol/errors.ts";
import { whatIsWrong } from "../../protocol/fields.ts";
import { mayFit } from "../../protocol/text.ts";

/** Allowance for everything around the data of messages: ids, field names, room names. */
const ENVELOPE_BYTES = 65_536;

/** JSON needs at most six bytes for one byte of data, as in `\u0061`. */
const MOST_ESCAPED = 6;

/**
 * The media type of the body, without parameters.
 * @param accepted the media types that this call accepts
 * @throws DormouseError `unsupported_type`
 */
export function mediaTypeOf<Type extends string>(request: Request, accepted: readonly Type[]): Type {
  const coding = request.headers.get("content-encoding") ?? "identity";
  if (coding !== "identity") {
    const why = `Content-Encoding ${coding} is not supported. Send the body uncompressed.`;
    throw new DormouseError("unsupported_type", why);
  }
  const given = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const type = accepted.find((each) => each === given);
  if (type !== undefined) return type;
  const what =
    given === undefined || given === "" ? "Missing Content-Type" : `Unsupported Content-Type ${given}`;
  throw new DormouseError("unsupported_type", `${what}. Send ${accepted.join(" or ")}.`);
}

/**
 * Reads and parses a JSON body. A body that is too big is not parsed.
 * @param dataBytes upper limit of the data in the body, in bytes
 * @throws DormouseError `bad_json`, `too_big`
 */
export async function readJson(request: Request, dataBytes: number): Promise<unknown> {
  const bytes = await readBytes(request, MOST_ESCAPED * dataBytes + ENVELOPE_BYTES);
  const most = dataBytes + ENVELOPE_BYTES;
  if (!mayFit(bytes, most)) {
    throw new DormouseError(
      "too_big",
      `The body is too big. Send at most ${most} bytes; each JSON escape counts as one byte.`,
    );
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw new DormouseError("bad_json", "The body is not valid JSON. Send JSON in UTF-8.");
  }
}

/** @throws DormouseError `invalid_event` */
export function parseBody<Schema extends v.GenericSchema>(
  schema: Schema,
  json: unknown,
): v.InferOutput<Schema> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new DormouseError("invalid_event", "The body must be a JSON object.");
  }
  const fields = v.safeParse(schema, json, { abortEarly: true });
  if (fields.success) return fields.output;
  throw new DormouseError("invalid_event", `In the body, ${whatIsWrong(fields.issues[0])}.`);
}

/**
 * Reads at most `max` bytes, whatever `Content-Length` says.
 * @throws DormouseError `too_big`
 */
export async function readBytes(request: Request, max: number): Promise<Uint8Array> {
  const tooBig = new DormouseError("too_big", `The body is too big. Send at most ${max} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > max) throw tooBig;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > max) throw tooBig;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
