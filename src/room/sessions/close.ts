import { CLOSES, type CloseName, retryAfterClose } from "../../protocol/codes.ts";

/** How a session ended: by a goodbye, by a break after which it may be back, or by being sent away from here. */
export type LeaveReason = "goodbye" | "dropped" | "expelled";

/** Codes below 3000 that a close frame may carry: those of RFC 6455, section 7.4.1, and of the IANA registry since. */
const STANDARD: ReadonlySet<number> = new Set([
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
]);

/** How a close frame without a code is reported. A frame that really carries 1005, which it must not, may bring a reason. */
const NO_STATUS = 1005;
const PROTOCOL_ERROR = 1002;

/** A control frame carries at most 125 bytes (RFC 6455, section 5.5), of which the code takes two. */
const MOST_REASON_BYTES = 123;

const utf8 = new TextEncoder();

/**
 * Answers a peer's close, as RFC 6455, section 5.5.1 asks: with the peer's own code, with no code where it gave none,
 * and with 1002 where the code may not be sent or the reason is too long. The runtime does not do it for sockets that can
 * hibernate, and lets a close frame of any length pass.
 */
export function answerClose(socket: WebSocket, code: number, reason: string): void {
  try {
    if (code === NO_STATUS && reason === "") socket.close();
    else socket.close(isLegal(code) && fits(reason) ? code : PROTOCOL_ERROR);
  } catch {
    // The connection is gone already, so there is nobody to answer.
  }
}

/** Whether a peer that closes with this code says goodbye: a page that is left or reloaded says 1001, and may be back. */
export function isGoodbye(code: number): boolean {
  return code === 1000 || code === NO_STATUS;
}

function fits(reason: string): boolean {
  return utf8.encode(reason).length <= MOST_REASON_BYTES;
}

function isLegal(code: number): boolean {
  return STANDARD.has(code) || (code >= 3000 && code <= 4999);
}

/** Who is to come back has a grace like anyone whose socket dropped. */
export function leaveReasonOf(name: CloseName): LeaveReason {
  if (name === "kicked") return "expelled";
  return retryAfterClose(CLOSES[name].code) === "never" ? "goodbye" : "dropped";
}
