import type { Grant } from "../../auth/grant.ts";
import { DormouseError } from "../../protocol/errors.ts";
import { isDeeper } from "../../protocol/json.ts";
import { DATA_DEPTH, ID_CHARS } from "../../protocol/limits.ts";
import type { Operation } from "../../protocol/operations.ts";
import { checkStreamData } from "../../protocol/stream-data.ts";
import { utf8Length } from "../../protocol/text.ts";
import type { Post, PostedMessage } from "../../rpc/room-calls.ts";
import { rateKeyOf } from "../rate-limits.ts";

type Given = { id?: string | undefined; data: unknown; stream?: true | undefined };

/** Printable ASCII: the characters that every client and proxy passes on in a header. */
const KEY = /^[\x20-\x7e]+$/;

/** The header, as the description of the API lists it. */
export const IDEMPOTENCY_KEY = {
  "Idempotency-Key":
    "Makes a retry safe. It becomes the id of a message that has no `id`; in a batch, with `:0`, `:1`, … appended.",
};

/**
 * An operation on a message.
 * @param given its data, for an edit and an append
 * @param key the Idempotency-Key
 * @throws DormouseError `invalid_event`, `too_big`
 */
export function postedOperation(
  operation: Operation,
  key: string | undefined,
  given?: Given,
  messageBytes = 0,
): PostedMessage[] {
  if (given === undefined) {
    checkIds([key]);
    return [{ id: key ?? crypto.randomUUID(), operation }];
  }
  return checkedMessages([given], [given.id ?? key], messageBytes).map((message) => ({
    ...message,
    operation,
  }));
}

/** A post by this caller. A token with `admin` has no rate limit. */
export function postOf(request: Request, grant: Grant, messages: readonly PostedMessage[]): Post {
  const { member, name, can, claims } = grant;
  const limit = can.includes("admin") ? {} : { rateKey: rateKeyOf(grant, request) };
  return { member, name, author: { can, claims }, messages, ...limit };
}

/**
 * @param key the Idempotency-Key
 * @throws DormouseError `invalid_event`, `too_big`
 */
export function singleMessage(given: Given, key: string | undefined, messageBytes: number): PostedMessage[] {
  return checkedMessages([given], [given.id ?? key], messageBytes);
}

/**
 * The messages of a batch. A message without an id gets `key:0`, `key:1`, … by its position.
 * @param key the Idempotency-Key
 * @throws DormouseError `invalid_event`, `too_big`
 */
export function batchMessages(
  given: readonly Given[],
  key: string | undefined,
  messageBytes: number,
): PostedMessage[] {
  const ids = given.map(({ id }, i) => id ?? (key === undefined ? undefined : `${key}:${i}`));
  return checkedMessages(given, ids, messageBytes);
}

/**
 * @param key the Idempotency-Key
 * @throws DormouseError `invalid_event`
 */
export function binaryMessage(bytes: Uint8Array, key: string | undefined): PostedMessage[] {
  checkIds([key]);
  return [{ id: key ?? crypto.randomUUID(), bytes }];
}

/**
 * The Idempotency-Key of a request. The draft (draft-ietf-httpapi-idempotency-key-header) puts it in quotes, which most clients omit.
 * @throws DormouseError `invalid_event`
 */
export function idempotencyKeyOf(request: Request): string | undefined {
  const header = request.headers.get("idempotency-key");
  if (header === null) return undefined;
  const key = header.trim().replace(/^"(.*)"$/, "$1");
  if (KEY.test(key)) return key;
  throw new DormouseError(
    "invalid_event",
    `Invalid Idempotency-Key. Send 1 to ${ID_CHARS} printable ASCII characters.`,
  );
}

/**
 * Checks messages that already match their schema. Their sizes count together, because they share a row of the log.
 * @throws DormouseError `invalid_event`, `too_big`
 */
function checkedMessages(
  given: readonly Given[],
  ids: readonly (string | undefined)[],
  messageBytes: number,
): { id: string; json: string; isStream?: boolean }[] {
  checkIds(ids);
  let bytes = 0;
  return given.map(({ data, stream }, i) => {
    if (stream) checkStreamData(data);
    if (isDeeper(data, DATA_DEPTH)) {
      const why = `The data of a message is nested too deeply. Use at most ${DATA_DEPTH} levels.`;
      throw new DormouseError("invalid_event", why);
    }
    const json = JSON.stringify(data);
    // The quotes around a string do not count.
    bytes += utf8Length(json) - (typeof data === "string" ? 2 : 0);
    if (bytes > messageBytes) {
      const what = given.length === 1 ? "The message is too big" : "The messages are too big together";
      throw new DormouseError("too_big", `${what}. Send at most ${messageBytes} bytes.`);
    }
    return { id: ids[i] ?? crypto.randomUUID(), json, ...(stream ? { isStream: true } : {}) };
  });
}

/** @throws DormouseError `invalid_event` */
function checkIds(ids: readonly (string | undefined)[]): void {
  const known = new Set<string>();
  for (const id of ids) {
    if (id === undefined) continue;
    if (id.length > ID_CHARS) {
      const made = `The Idempotency-Key makes an id of ${id.length} characters.`;
      throw new DormouseError("invalid_event", `${made} An id can have at most ${ID_CHARS}.`);
    }
    if (known.has(id)) {
      throw new DormouseError(
        "invalid_event",
        "Two messages have the same id. Give each message its own id.",
      );
    }
    known.add(id);
  }
}
