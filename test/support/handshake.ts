/** What an HTTP head ends with. */
export const HEAD_END = "\r\n\r\n";

/**
 * The request of a WebSocket's upgrade (RFC 6455, section 4.1), for a bare TCP socket. Its key is the example of the RFC: nothing
 * between here and the service could mistake one socket for another.
 */
export function upgradeRequest(url: URL, subprotocol?: string): string {
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  return lines.join("\r\n") + HEAD_END;
}
