/** Codes that a close frame must not carry (RFC 6455, section 7.4.1): they only tell an application what happened. */
const RESERVED: ReadonlySet<number> = new Set([1004, 1005, 1006, 1015]);

const NO_STATUS = 1005;
const PROTOCOL_ERROR = 1002;

/**
 * Answers a peer's close, as RFC 6455, section 5.5.1 asks: with the peer's own code, with no code where it gave none,
 * and with 1002 where the code is none that may be sent. The runtime does not do it for sockets that can hibernate.
 */
export function answerClose(socket: WebSocket, code: number): void {
  try {
    if (code === NO_STATUS) socket.close();
    else socket.close(isLegal(code) ? code : PROTOCOL_ERROR);
  } catch {
    // The connection is gone already, so there is nobody to answer.
  }
}

function isLegal(code: number): boolean {
  return code >= 1000 && code <= 4999 && !RESERVED.has(code);
}
