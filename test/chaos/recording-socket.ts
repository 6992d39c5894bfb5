import WS from "ws";
import type { SocketLike } from "../../src/client/index.ts";
import type { Connection } from "./records.ts";

/** The frames of docs/PROTOCOL.md that carry messages or say where they begin. */
type Frame =
  | { type: "welcome"; epoch: string; seq: number; resumed: boolean }
  | { type: "messages"; first: number; messages: unknown[] }
  | { type: "message"; seq: number }
  | { type: "other" };

/**
 * A socket for the SDK that also writes down what comes in on it: the SDK mends a gap by coming back with its cursor, so
 * that its own messages show none. There are two makes of socket, which differ in what they do when a connection dies.
 */
export function tappedSocket(
  make: "native" | "ws",
  url: string,
  protocols: string[],
  record: (connection: Connection) => void,
): SocketLike {
  const cursor = new URL(url).searchParams.get("cursor") ?? undefined;
  const connection: Connection = { cursor, welcome: undefined, seqs: [] };
  record(connection);
  const tap = (data: unknown) => {
    const frame = frameOf(data);
    if (frame.type === "welcome") {
      const { epoch, seq, resumed } = frame;
      connection.welcome = { epoch, seq, resumed };
    } else if (frame.type === "message") connection.seqs.push(frame.seq);
    else if (frame.type === "messages")
      frame.messages.forEach((_, i) => void connection.seqs.push(frame.first + i));
  };
  if (make === "native") {
    const socket = new WebSocket(url, protocols);
    socket.addEventListener("message", ({ data }) => tap(data));
    return socket;
  }
  const socket = new WS(url, protocols, { perMessageDeflate: false });
  socket.addEventListener("message", ({ data }) => tap(data));
  return socket as unknown as SocketLike;
}

function frameOf(data: unknown): Frame {
  if (typeof data === "string") return data.startsWith("{") ? JSON.parse(data) : { type: "other" };
  const frame = Buffer.from(data as ArrayBuffer);
  return JSON.parse(frame.toString("utf8", 4, 4 + frame.readUInt32BE()));
}
