import { signal } from "@preact/signals";
import type { SocketLike } from "../../client/core.ts";
import { PING, PONG } from "../../protocol/limits.ts";
import { OPCODES } from "./opcodes.ts";

/** One entry of the recording: a frame, or the start (`open`) or the loss (`lost`) of a connection. */
export type RecordedFrame = {
  key: number;
  at: number;
  direction: "sent" | "received";
  kind: "text" | "binary" | "close" | "heartbeat" | "open" | "lost";
  /** Absent for `open` and `lost`, which are not frames. */
  opcode?: number;
  /** The payload length in bytes. */
  length: number;
  /** The first `MAX_PAYLOAD` characters or bytes of the payload. */
  payload: string | Uint8Array;
};

const MAX_FRAMES = 300;
const MAX_PAYLOAD = 4096;
/** Credentials are left out, since people share their screens. */
const CREDENTIAL = /^bearer\..+/;
/** The codes that a browser reports for a close frame without a code, and for a connection that ended without one. */
const NO_CLOSE_CODE = 1005;
const NO_CLOSE_FRAME = 1006;

const encoder = new TextEncoder();

/** Records the latest frames of all sockets that it creates, as far as a browser reveals them. */
export class FrameRecorder {
  /** Increases with each change of the recording. */
  readonly version = signal(0);
  #frames: RecordedFrame[] = [];
  #nextKey = 0;
  #socket: WebSocket | undefined;

  get frames(): readonly RecordedFrame[] {
    return this.#frames;
  }

  /** Bytes that the browser has not yet handed to the network. */
  get bufferedBytes(): number {
    return this.#socket?.readyState === WebSocket.OPEN ? this.#socket.bufferedAmount : 0;
  }

  clear(): void {
    this.#frames = [];
    this.version.value++;
  }

  /** Opens a WebSocket that records its frames. */
  readonly openSocket = (url: string, protocols: string[]): SocketLike => {
    const socket = new WebSocket(url, protocols);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      const offered = protocols.map((protocol) => protocol.replace(CREDENTIAL, "bearer.…")).join(", ");
      const lines = [
        `GET ${new URL(url).pathname}`,
        `Sec-WebSocket-Protocol: ${offered}`,
        `→ 101, ${socket.protocol || "no subprotocol"}, extensions: ${socket.extensions || "none"}`,
      ];
      this.#addEvent("received", "open", lines.join("\n"));
    });
    socket.addEventListener("message", ({ data }) => this.#addMessage("received", data));
    socket.addEventListener("close", ({ code, reason }) => this.#addClose("received", code, reason));
    const send = socket.send.bind(socket);
    socket.send = (data) => {
      send(data);
      if (socket.readyState === WebSocket.OPEN) this.#addMessage("sent", data);
    };
    const close = socket.close.bind(socket);
    socket.close = (code, reason) => {
      if (socket.readyState === WebSocket.OPEN) this.#addClose("sent", code ?? NO_CLOSE_CODE, reason ?? "");
      close(code, reason);
    };
    return socket as never;
  };

  #addMessage(direction: RecordedFrame["direction"], data: unknown): void {
    if (typeof data === "string") {
      const { length } = encoder.encode(data);
      const kind = data === PING || data === PONG ? "heartbeat" : "text";
      this.#add({ direction, kind, opcode: OPCODES.text, length, payload: data.slice(0, MAX_PAYLOAD) });
    } else if (data instanceof ArrayBuffer) {
      const payload = new Uint8Array(data.slice(0, MAX_PAYLOAD));
      this.#add({ direction, kind: "binary", opcode: OPCODES.binary, length: data.byteLength, payload });
    }
  }

  /** RFC 6455, section 5.5.1: a close frame has no payload, or a two-byte code and a reason. */
  #addClose(direction: RecordedFrame["direction"], code: number, reason: string): void {
    if (code === NO_CLOSE_FRAME) {
      this.#addEvent(direction, "lost", "");
      return;
    }
    const length = code === NO_CLOSE_CODE ? 0 : 2 + encoder.encode(reason).length;
    const payload = code === NO_CLOSE_CODE ? "" : `${code} ${reason}`.trim();
    this.#add({ direction, kind: "close", opcode: OPCODES.close, length, payload });
  }

  #addEvent(direction: RecordedFrame["direction"], kind: "open" | "lost", payload: string): void {
    this.#add({ direction, kind, length: 0, payload });
  }

  #add(frame: Omit<RecordedFrame, "key" | "at">): void {
    this.#frames.push({ ...frame, key: this.#nextKey++, at: Date.now() });
    if (this.#frames.length > MAX_FRAMES) this.#frames.shift();
    this.version.value++;
  }
}
