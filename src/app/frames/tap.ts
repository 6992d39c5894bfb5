import { signal } from "@preact/signals";
import type { SocketLike } from "../../client/index.ts";
import { PING, PONG } from "../../protocol/limits.ts";
import { OPCODES } from "./header.ts";

/** What passed over a socket. `open` and `lost` are no frames, but without them the rest cannot be understood. */
export type Passed = {
  key: number;
  at: number;
  way: "sent" | "received";
  kind: "text" | "binary" | "close" | "heartbeat" | "open" | "lost";
  /** Absent where it is no frame. */
  opcode?: number;
  /** Of the payload, in bytes. */
  length: number;
  /** The beginning of the payload. */
  payload: string | Uint8Array;
};

const KEPT = 300;
const PAYLOAD_KEPT = 4096;
/** A credential is no one else's business, on a screen that is shared least of all. */
const CREDENTIAL = /^bearer\..+/;
const NO_CODE = 1005;
const NO_CLOSE = 1006;

const encoder = new TextEncoder();

/** Sees the frames of all sockets that it makes, as far as a browser shows them, and remembers the last ones. */
export class Tap {
  /** Rises with each that passes. */
  readonly count = signal(0);
  #passed: Passed[] = [];
  #key = 0;
  #socket: WebSocket | undefined;

  get passed(): readonly Passed[] {
    return this.#passed;
  }

  /** Bytes that wait in the browser, not yet handed to the network. */
  get buffered(): number {
    return this.#socket?.readyState === WebSocket.OPEN ? this.#socket.bufferedAmount : 0;
  }

  clear(): void {
    this.#passed = [];
    this.count.value++;
  }

  /** A socket of the browser's own, watched. */
  readonly socket = (url: string, protocols: string[]): SocketLike => {
    const socket = new WebSocket(url, protocols);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      const offered = protocols.map((one) => one.replace(CREDENTIAL, "bearer.…")).join(", ");
      const lines = [
        `GET ${new URL(url).pathname}`,
        `Sec-WebSocket-Protocol: ${offered}`,
        `→ 101, ${socket.protocol || "no subprotocol"}, extensions: ${socket.extensions || "none"}`,
      ];
      this.#note("received", "open", lines.join("\n"));
    });
    socket.addEventListener("message", ({ data }) => this.#data("received", data));
    socket.addEventListener("close", ({ code, reason }) => this.#closed("received", code, reason));
    const send = socket.send.bind(socket);
    socket.send = (data) => {
      send(data);
      if (socket.readyState === WebSocket.OPEN) this.#data("sent", data);
    };
    const close = socket.close.bind(socket);
    socket.close = (code, reason) => {
      if (socket.readyState === WebSocket.OPEN) this.#closed("sent", code ?? NO_CODE, reason ?? "");
      close(code, reason);
    };
    return socket as never;
  };

  #data(way: Passed["way"], data: unknown): void {
    if (typeof data === "string") {
      const bytes = encoder.encode(data);
      const kind = data === PING || data === PONG ? "heartbeat" : "text";
      this.#add({
        way,
        kind,
        opcode: OPCODES.text,
        length: bytes.length,
        payload: data.slice(0, PAYLOAD_KEPT),
      });
    } else if (data instanceof ArrayBuffer) {
      const payload = new Uint8Array(data.slice(0, PAYLOAD_KEPT));
      this.#add({ way, kind: "binary", opcode: OPCODES.binary, length: data.byteLength, payload });
    }
  }

  /** Section 5.5.1: a close frame has no payload, or a code of two bytes and a reason. */
  #closed(way: Passed["way"], code: number, reason: string): void {
    if (code === NO_CLOSE) {
      this.#note(way, "lost", "");
      return;
    }
    const length = code === NO_CODE ? 0 : 2 + encoder.encode(reason).length;
    const payload = code === NO_CODE ? "" : `${code} ${reason}`.trim();
    this.#add({ way, kind: "close", opcode: OPCODES.close, length, payload });
  }

  #note(way: Passed["way"], kind: "open" | "lost", payload: string): void {
    this.#add({ way, kind, length: 0, payload });
  }

  #add(passed: Omit<Passed, "key" | "at">): void {
    this.#passed.push({ ...passed, key: this.#key++, at: Date.now() });
    if (this.#passed.length > KEPT) this.#passed.shift();
    this.count.value++;
  }
}
