import type { PostedMessage } from "../access/post.ts";
import { DormouseError } from "../protocol/codes.ts";
import { isDeeper } from "../protocol/json.ts";
import { DATA_DEPTH, ID_CHARS } from "../protocol/limits.ts";
import { utf8Length } from "../protocol/text.ts";

type Given = { id?: string | undefined; data: unknown };

/** Printable ASCII: what a header holds on every way. */
const KEY = /^[\x20-\x7e]+$/;

/**
 * Messages with their ids, each known to fit. Together they weigh no more than one may, since they share a row of the log.
 * @throws DormouseError `invalid_event`, `too_big`
 */
export function postedMessages(
  given: readonly Given[],
  key: string | undefined,
  messageBytes: number,
): PostedMessage[] {
  const ids = idsOf(given, key);
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

/** @throws DormouseError `too_big`, `invalid_event` */
export function postedBytes(bytes: Uint8Array, key: string | undefined): PostedMessage {
  return { id: idsOf([{}], key)[0] ?? crypto.randomUUID(), bytes };
}

/**
 * What makes a retry of the whole call safe. The draft of the header (draft-ietf-httpapi-idempotency-key-header) has it in
 * quotes; most clients leave them out.
 */
export function keyOf(request: Request): string | undefined {
  const header = request.headers.get("idempotency-key");
  return header === null ? undefined : header.trim().replace(/^"(.*)"$/, "$1");
}

/** A message's own id; else the key of the call, which in a batch is followed by the message's place in it: `key:0`, `key:1`, … */
function idsOf(
  given: readonly { id?: string | undefined }[],
  key: string | undefined,
): (string | undefined)[] {
  if (key !== undefined && !KEY.test(key)) {
    throw new DormouseError("invalid_event", "The header Idempotency-Key has visible ASCII characters only.");
  }
  const ids = given.map(({ id }, i) => id ?? (key === undefined || given.length === 1 ? key : `${key}:${i}`));
  const known = new Set<string>();
  for (const id of ids) {
    if (id === undefined) continue;
    if (id.length > ID_CHARS) {
      const most = `An id has at most ${ID_CHARS} characters`;
      throw new DormouseError(
        "invalid_event",
        `${most}, and the one that the Idempotency-Key makes is longer.`,
      );
    }
    if (known.has(id)) throw new DormouseError("invalid_event", "Two messages of one call have the same id.");
    known.add(id);
  }
  return ids;
}
