import { DormouseError, ERRORS, type ErrorCode } from "../protocol/codes.ts";

/**
 * The error to throw in `onConnect`, `onPublish` or `onSignal` to refuse what the client asks for. The client receives its code and its
 * message.
 * @param code one of the codes of the protocol (docs/PROTOCOL.md), most often `forbidden`
 * @param message a sentence for people that says what to do
 * @param retryAfter milliseconds after which another try may succeed
 * @throws TypeError where the code is not one of them
 * @example
 * override onPublish(draft: Draft<Said>) {
 *   if (draft.data?.text?.length > 500) throw reject("too_big", "Write at most 500 characters.");
 * }
 */
export function reject(code: ErrorCode, message: string, retryAfter?: number): DormouseError {
  if (!Object.hasOwn(ERRORS, code)) {
    throw new TypeError(
      `reject: ${JSON.stringify(code)} is not a code. Use one of docs/PROTOCOL.md, such as forbidden.`,
    );
  }
  return new DormouseError(code, message, retryAfter);
}
