import * as v from "valibot";
import { DormouseError } from "../../protocol/codes.ts";
import { whatIsWrong } from "../../protocol/fields.ts";
import { mayFit } from "../../protocol/text.ts";

/** What stands around the data of messages: ids, field names, room names. */
const ENVELOPE_BYTES = 65_536;

/** Bytes that a byte of a message takes in JSON at most: six, as an escape. */
const MOST_ESCAPED = 6;

/**
 * The media type of a body, without its parameters; it is one of those that are taken.
 * @throws DormouseError `unsupported_type`
 */
export function mediaTypeOf<Type extends string>(request: Request, taken: readonly Type[]): Type {
  const named = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const type = taken.find((each) => each === named);
  const coding = request.headers.get("content-encoding") ?? "identity";
  if (coding !== "identity") throw new DormouseError("unsupported_type", "Send the body uncompressed.");
  if (type !== undefined) return type;
  const list = taken.join(" or ");
  const found = named === undefined || named === "" ? "there is none" : `not ${named}`;
  throw new DormouseError(
    "unsupported_type",
    `Say what the body is by the header Content-Type: ${list}; ${found}.`,
  );
}

/**
 * @param dataBytes what the data in it may have; a body that holds more is not parsed
 * @throws DormouseError `bad_json`, `too_big`
 */
export async function jsonOf(request: Request, dataBytes: number): Promise<unknown> {
  const bytes = await bytesOf(request, MOST_ESCAPED * dataBytes + ENVELOPE_BYTES);
  const most = dataBytes + ENVELOPE_BYTES;
  if (!mayFit(bytes, most)) {
    throw new DormouseError(
      "too_big",
      `This body may have at most ${most} bytes, each escape counted as one.`,
    );
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw new DormouseError("bad_json", "The body is not JSON in UTF-8.");
  }
}

/** @throws DormouseError `invalid_event` */
export function fieldsOf<Schema extends v.GenericSchema>(
  schema: Schema,
  json: unknown,
): v.InferOutput<Schema> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new DormouseError("invalid_event", "The body is a JSON object.");
  }
  const fields = v.safeParse(schema, json, { abortEarly: true });
  if (fields.success) return fields.output;
  throw new DormouseError("invalid_event", `In the body, ${whatIsWrong(fields.issues[0])}.`);
}

/**
 * A body, read no further than it may be long, whatever its length was said to be.
 * @throws DormouseError `too_big`
 */
export async function bytesOf(request: Request, max: number): Promise<Uint8Array> {
  const tooBig = new DormouseError("too_big", `This body may have at most ${max} bytes.`);
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
