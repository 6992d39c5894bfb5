import { type Retry, retryAfterClose } from "../../protocol/codes.ts";
import { PING } from "../../protocol/limits.ts";
import { GIVEN_UP, LONGEST_UPLOAD_MS, QUICK_TIMEOUT_MS, SLOWEST_UPLINK, TIMEOUT_MS } from "../limits.ts";
import type { SocketLike } from "../options.ts";
import { clearTimer, type Timer } from "../platform.ts";

/** How a connection ended, with the advice for the next attempt. `after`: the least wait in milliseconds. */
export type Disconnect = { type: "disconnected"; retry: Retry; after: number; code: string; reason: string };

/** A disconnect that the client itself detects has no code and no reason. */
export function disconnect(retry: Retry, code = "", reason = "", after = 0): Disconnect {
  return { type: "disconnected", retry, after, code, reason };
}

/** The payload of one WebSocket message. */
export type Frame = string | ArrayBuffer;

/** UTF-16 code units or bytes. */
export const sizeOf = (frame: Frame): number => (typeof frame === "string" ? frame.length : frame.byteLength);

type TransportHandlers = {
  frame: (data: Frame) => void;
  /** Called once. */
  disconnected: (disconnect: Disconnect) => void;
};

/** One WebSocket with a heartbeat. A lost network is silent, so a ping without an answer ends the connection. */
export class Transport {
  readonly #socket: SocketLike;
  readonly #disconnected: TransportHandlers["disconnected"];
  #isEnded = false;
  #heartbeat: Timer | undefined;
  #deadline: Timer | undefined;
  #deadlineAt = Infinity;
  /** When everything that was sent has arrived, over the slowest uplink. */
  #uploadedAt = 0;

  constructor(socket: SocketLike, handlers: TransportHandlers) {
    this.#socket = socket;
    this.#disconnected = handlers.disconnected;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }: { data: Frame }) => {
      this.#clearDeadline();
      if (!this.#isEnded) handlers.frame(data);
    };
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      this.end(disconnect(retryAfterClose(code), String(code), reason));
    };
    socket.onerror = () => {};
  }

  /** Bytes in the socket's send buffer; 0 where the runtime does not tell. */
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount ?? 0;
  }

  /** How much longer than usual the frames already sent may take to arrive, over a slow uplink: milliseconds. */
  get lag(): number {
    return Math.max(0, this.#uploadedAt - Date.now());
  }

  /**
   * The first ping leaves at once: after a close, the server's runtime ends the TCP connection without delay only for a peer that
   * has sent a frame before (docs/PROTOCOL.md).
   */
  start(seconds: number): void {
    this.send(PING);
    const timeout = Math.min(TIMEOUT_MS, seconds * 1000);
    this.#heartbeat = setInterval(() => this.#ping(timeout), seconds * 1000);
  }

  /** Disconnects soon unless the server answers. */
  check(): void {
    this.#ping(QUICK_TIMEOUT_MS);
  }

  send(frame: Frame): void {
    try {
      this.#socket.send(frame);
      const now = Date.now();
      const uploadedAt = Math.max(now, this.#uploadedAt) + sizeOf(frame) / SLOWEST_UPLINK;
      this.#uploadedAt = Math.min(now + LONGEST_UPLOAD_MS, uploadedAt);
    } catch {
      // The socket is not open. Its close is reported, and the frame is sent again after the next welcome.
    }
  }

  /** Closes the socket and reports this disconnect. */
  end(end: Disconnect, closeCode?: number): void {
    if (this.#isEnded) return;
    this.close(closeCode);
    this.#disconnected(end);
  }

  /** Closes the socket and reports nothing. */
  close(code = GIVEN_UP): void {
    this.#isEnded = true;
    clearTimer(this.#heartbeat);
    this.#clearDeadline();
    try {
      this.#socket.close(code);
    } catch {
      // The socket had not opened yet.
    }
  }

  #ping(timeout: number): void {
    this.send(PING);
    this.#setDeadline(timeout + this.lag, this.bufferedAmount);
  }

  /** An earlier deadline stands: a second ping does not give more time. A send buffer that drains counts as an answer. */
  #setDeadline(timeout: number, bufferedAmount: number): void {
    const at = Date.now() + timeout;
    if (at >= this.#deadlineAt) return;
    this.#clearDeadline();
    this.#deadlineAt = at;
    this.#deadline = setTimeout(() => {
      this.#deadlineAt = Infinity;
      if (this.bufferedAmount < bufferedAmount) this.#setDeadline(timeout, this.bufferedAmount);
      else this.end(disconnect("later"));
    }, timeout);
  }

  #clearDeadline(): void {
    clearTimer(this.#deadline);
    this.#deadlineAt = Infinity;
  }
}
