import { DormouseError } from "../protocol/codes.ts";
import { isDeeper } from "../protocol/json.ts";
import { DATA_DEPTH, MEMBER_CHARS, REACTION_KEY_CHARS } from "../protocol/limits.ts";
import { isMemberId } from "../protocol/names.ts";
import { fitsUtf8 } from "../protocol/text.ts";

/** The data of a message as JSON text. @throws DormouseError `invalid_event`, `too_big` */
export function messageJson(data: unknown, messageBytes: number): string {
  const json: string | undefined = JSON.stringify(data);
  if (json === undefined)
    throw new DormouseError("invalid_event", "The data of a message must be JSON, or a Uint8Array.");
  if (isDeeper(data, DATA_DEPTH)) {
    const why = `The data of a message is nested at most ${DATA_DEPTH} levels deep.`;
    throw new DormouseError("invalid_event", why);
  }
  // The quotes of a string do not count.
  if (!fitsUtf8(json, messageBytes + (typeof data === "string" ? 2 : 0))) throw tooBig(messageBytes);
  return json;
}

export function tooBig(messageBytes: number): DormouseError {
  return new DormouseError("too_big", `A message has at most ${messageBytes} bytes.`);
}

/** @throws DormouseError `invalid_event` */
export function checkText(what: string, text: string, maxChars: number): void {
  if (typeof text === "string" && text.length > 0 && text.length <= maxChars) return;
  throw new DormouseError("invalid_event", `${what} must have 1 to ${maxChars} characters.`);
}

/** @throws DormouseError `invalid_event` */
export function checkMember(what: string, text: string): void {
  checkText(what, text, MEMBER_CHARS);
  if (isMemberId(text)) return;
  const why = `${what} must be a member id: well-formed Unicode without control characters, and not "." or "..".`;
  throw new DormouseError("invalid_event", why);
}

/** @throws DormouseError `invalid_event` */
export function checkReactionKey(key: string): void {
  checkText("key", key, REACTION_KEY_CHARS);
  if (!key.isWellFormed()) throw new DormouseError("invalid_event", "key must be well-formed Unicode.");
}

/** @throws DormouseError `invalid_target` */
export function checkSeq(seq: number): void {
  if (Number.isSafeInteger(seq)) return;
  throw new DormouseError("invalid_target", `${seq} is not the seq of a message.`);
}
