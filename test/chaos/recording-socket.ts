import WS from "ws";
import type { SocketLike } from "../../src/client/index.ts";
import type { Connection } from "./records.ts";

/** The frames of docs/PROTOCOL.md that carry messages, and the welcome. */
type Frame =
  | { type: "welcome"; epoch: string; seq: number; resumed: boolean }
  | { type: "messages"; first: number; last?: number; messages: unknown[] }
  | { type: "message"; seq: number }
  | { type: "other" };

/**
 * A socket for the client that also records the frames of its connection: the client corrects a gap by a reconnect, so its own events
 * do not show one. The two implementations differ in how they end a dead connection.
 */
export function recordingSocket(
  implementation: "native" | "ws",
  url: string,
  protocols: string[],
  onConnection: (connection: Connection) => void,
): SocketLike {
  const cursor = new URL(url).searchParams.get("cursor") ?? undefined;
  const connection: Connection = { cursor, welcome: undefined, frames: [] };
  onConnection(connection);
  const record = (data: unknown) => {
    const frame = frameOf(data);
    if (frame.type === "welcome") {
      const { epoch, seq, resumed } = frame;
      connection.welcome = { epoch, seq, resumed };
    } else if (frame.type === "message") connection.frames.push([frame.seq, frame.seq]);
    else if (frame.type === "messages") {
      const { first, messages, last = first + messages.length - 1 } = frame;
      connection.frames.push([first, last]);
    }
  };
  if (implementation === "native") {
    const socket = new WebSocket(url, protocols);
    socket.addEventListener("message", ({ data }) => record(data));
    return socket;
  }
  const socket = new WS(url, protocols, { perMessageDeflate: false });
  socket.addEventListener("message", ({ data }) => record(data));
  return socket as unknown as SocketLike;
}

function frameOf(data: unknown): Frame {
  if (typeof data === "string") return data.startsWith("{") ? JSON.parse(data) : { type: "other" };
  const frame = Buffer.from(data as ArrayBuffer);
  return JSON.parse(frame.toString("utf8", 4, 4 + frame.readUInt32BE()));
}
