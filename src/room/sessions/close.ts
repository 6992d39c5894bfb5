import { CLOSES, type CloseName, retryAfterClose } from "../../protocol/codes.ts";
import type { Peer } from "../../rpc/connection.ts";

/**
 * How a session ended. Hooks see `left`, `lost` or `closed` (`CloseReason`), and presence decides by the rest whether the member may
 * return.
 *
 * - `left`: its client said goodbye.
 * - `lost`: the connection broke, so the client may return.
 * - `silent`: the connection broke a while ago, without a word.
 * - `closed`: the room closed it, and its client reconnects.
 * - `removed`: the room closed it, and its client does not reconnect.
 * - `kicked`: the room removed the member.
 */
export type LeaveReason = "left" | "lost" | "silent" | "closed" | "removed" | "kicked";

/** Codes below 3000 that a close frame may carry: those of RFC 6455, section 7.4.1, and later ones of the IANA registry. */
const STANDARD: ReadonlySet<number> = new Set([
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
]);

/** The runtime reports a close frame without a code as 1005. A frame must not carry 1005 itself; one that does may have a reason. */
const NO_STATUS = 1005;
const PROTOCOL_ERROR = 1002;

/** A control frame carries at most 125 bytes (RFC 6455, section 5.5), and the code takes two of them. */
const MAX_REASON_BYTES = 123;

/** The close reason for a plain socket that shows no activity: at most 123 bytes. */
export const SILENT_PLAIN_REASON =
  'too slow, or silent for too long: send "ping" now and then, or speak dormouse.v1';

const utf8 = new TextEncoder();

/**
 * Answers a peer's close as RFC 6455, section 5.5.1, asks: with the peer's own code, without a code where the peer sent none, and with
 * 1002 where the code is illegal or the reason too long. The runtime does not answer for sockets that can hibernate.
 */
export function answerClose(socket: Peer, code: number, reason: string): void {
  try {
    if (code === NO_STATUS && reason === "") socket.close();
    else socket.close(isLegal(code) && fits(reason) ? code : PROTOCOL_ERROR);
  } catch {
    // The connection has ended already, so the peer waits for no answer.
  }
}

/** The reason where the peer closed. A page that is reloaded closes with 1001 like one that is left, so it counts as `lost`. */
export function leaveReasonOfPeer(code: number): LeaveReason {
  return code === 1000 || code === NO_STATUS ? "left" : "lost";
}

/** The reason where the room closed, by the advice that its close gives to the client. */
export function leaveReasonOf(name: CloseName): LeaveReason {
  if (name === "kicked") return "kicked";
  return retryAfterClose(CLOSES[name].code) === "never" ? "removed" : "closed";
}

/** A text as a close reason: cut to 123 bytes. */
export function closeReason(text: string): string {
  let reason = text.toWellFormed();
  while (!fits(reason)) reason = reason.slice(0, -1).toWellFormed();
  return reason;
}

function fits(reason: string): boolean {
  return utf8.encode(reason).length <= MAX_REASON_BYTES;
}

function isLegal(code: number): boolean {
  return STANDARD.has(code) || (code >= 3000 && code <= 4999);
}
