import { DormouseError } from "../../protocol/codes.ts";
import { isDeeper } from "../../protocol/json.ts";
import { DATA_DEPTH, ID_CHARS } from "../../protocol/limits.ts";
import { utf8Length } from "../../protocol/text.ts";
import type { PostedMessage } from "../../rpc/room-calls.ts";

type Given = { id?: string | undefined; data: unknown };

/** Printable ASCII: what a header holds on every way. */
const KEY = /^[\x20-\x7e]+$/;

/** The message of a call. */
export function postedMessage(given: Given, key: string | undefined, messageBytes: number): PostedMessage[] {
  return checked([given], [given.id ?? key], messageBytes);
}

/** The messages of a batch: one without an id has the key, followed by its place, `key:0`, `key:1`, … */
export function postedBatch(
  given: readonly Given[],
  key: string | undefined,
  messageBytes: number,
): PostedMessage[] {
  const ids = given.map(({ id }, i) => id ?? (key === undefined ? undefined : `${key}:${i}`));
  return checked(given, ids, messageBytes);
}

export function postedBytes(bytes: Uint8Array, key: string | undefined): PostedMessage[] {
  checkIds([key]);
  return [{ id: key ?? crypto.randomUUID(), bytes }];
}

/**
 * What makes a retry of the whole call safe. The draft of the header (draft-ietf-httpapi-idempotency-key-header) has it in
 * quotes; most clients leave them out.
 * @throws DormouseError `invalid_event`
 */
export function keyOf(request: Request): string | undefined {
  const header = request.headers.get("idempotency-key");
  if (header === null) return undefined;
  const key = header.trim().replace(/^"(.*)"$/, "$1");
  if (KEY.test(key)) return key;
  throw new DormouseError(
    "invalid_event",
    `The header Idempotency-Key has 1 to ${ID_CHARS} characters of visible ASCII.`,
  );
}

/**
 * Each is known to fit. Together they weigh no more than one may, since they share a row of the log.
 * @throws DormouseError `invalid_event`, `too_big`
 */
function checked(
  given: readonly Given[],
  ids: readonly (string | undefined)[],
  messageBytes: number,
): PostedMessage[] {
  checkIds(ids);
  let bytes = 0;
  return given.map(({ data }, i) => {
    if (isDeeper(data, DATA_DEPTH)) {
      throw new DormouseError(
        "invalid_event",
        `The data of a message is nested at most ${DATA_DEPTH} levels deep.`,
      );
    }
    const json = JSON.stringify(data);
    // A string's own quotes are not counted.
    bytes += utf8Length(json) - (typeof data === "string" ? 2 : 0);
    if (bytes > messageBytes) {
      const what = given.length === 1 ? "A message has" : "The messages of one call have together";
      throw new DormouseError("too_big", `${what} at most ${messageBytes} bytes.`);
    }
    return { id: ids[i] ?? crypto.randomUUID(), json };
  });
}

/** @throws DormouseError `invalid_event` */
function checkIds(ids: readonly (string | undefined)[]): void {
  const known = new Set<string>();
  for (const id of ids) {
    if (id === undefined) continue;
    if (id.length > ID_CHARS) {
      const made = `The Idempotency-Key makes an id of ${id.length} characters`;
      throw new DormouseError("invalid_event", `${made}; an id has at most ${ID_CHARS}.`);
    }
    if (known.has(id)) throw new DormouseError("invalid_event", "Two messages of one call have the same id.");
    known.add(id);
  }
}
