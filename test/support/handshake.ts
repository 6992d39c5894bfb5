import { once } from "node:events";
import { connect, type Socket } from "node:net";

const HEAD_END = "\r\n\r\n";

type Offer = {
  subprotocol?: string | undefined;
  extensions?: string | undefined;
  /** The `Sec-WebSocket-Key`. By default the example of RFC 6455. */
  key?: string;
};

/** The request that opens a WebSocket (RFC 6455, section 4.1), for a plain TCP socket. */
export function upgradeRequest(url: URL, offer: Offer = {}): string {
  const { subprotocol, extensions, key = "dGhlIHNhbXBsZSBub25jZQ==" } = offer;
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${key}`,
  ];
  if (subprotocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
  if (extensions !== undefined) lines.push(`Sec-WebSocket-Extensions: ${extensions}`);
  return lines.join("\r\n") + HEAD_END;
}

/** Splits what a server sent into the head of its answer and the frames after it; undefined while the head is incomplete. */
export function splitAnswer(bytes: Buffer): { head: string; rest: Buffer } | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  if (!head.startsWith("HTTP/1.1 101 ")) throw new Error(`The upgrade was refused: ${head}`);
  return { head, rest: bytes.subarray(end + HEAD_END.length) };
}

/** A TCP socket that sends this request, and reads nothing after the first bytes of the answer. */
export async function openPaused(url: URL, request: string): Promise<Socket> {
  const socket = connect({ host: url.hostname, port: Number(url.port) });
  socket.on("error", () => {});
  socket.write(request);
  await once(socket, "data");
  return socket.pause();
}
