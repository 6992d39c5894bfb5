import { type Retry, retryAfterClose } from "../protocol/codes.ts";
import { PING } from "../protocol/limits.ts";
import type { SocketLike } from "./options.ts";
import { stopTimer, type Timer } from "./surroundings.ts";

/** How a connection ended, with the advice for what comes next. */
export type Lost = { retry: Retry; after: number; code: string; reason: string };

/** An end. Where the client itself finds it, another try is worthwhile, and there is no reason to tell. */
export function lostBy(retry: Retry, code = "", reason = ""): Lost {
  return { retry, after: 0, code, reason };
}

/** What a socket carries. */
export type Frame = string | ArrayBuffer;

export const sizeOf = (frame: Frame): number => (typeof frame === "string" ? frame.length : frame.byteLength);

type Handlers = {
  frame: (data: Frame) => void;
  lost: (lost: Lost) => void;
};

/** Without a welcome in this time, an attempt has failed. Without an answer to a ping, a connection is dead. */
export const TIMEOUT_MS = 10_000;

/** The same, once there is reason to doubt: the browser says that the network came or went, or the page was away. */
const DOUBT_MS = 3000;

/** A slow uplink carries at least this many bytes a millisecond; what was sent may take so much longer to arrive, but no more. */
const SLOWEST = 4;
const MOST_LAG_MS = 120_000;

/** Our own close code for a peer that fell silent; most often nobody hears it. */
const SILENT = 3000;

/**
 * One socket from its making to its end, watched over by a heartbeat: a connection whose network is gone says nothing,
 * so silence after a ping is its end. `lost` is called once.
 */
export class Connection {
  readonly #socket: SocketLike;
  readonly #lost: Handlers["lost"];
  #ended = false;
  #beat: Timer | undefined;
  #deadline: Timer | undefined;
  #due = 0;
  /** When all that was sent has arrived, over a slow uplink. */
  #busyUntil = 0;

  constructor(socket: SocketLike, handlers: Handlers) {
    this.#socket = socket;
    this.#lost = handlers.lost;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }: { data: Frame }) => {
      this.#heard();
      if (!this.#ended) handlers.frame(data);
    };
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      this.#lose(lostBy(retryAfterClose(code), String(code), reason));
    };
    socket.onerror = () => {};
  }

  /** Bytes that wait in the socket to be sent; 0 where the runtime does not tell. */
  get buffered(): number {
    return this.#socket.bufferedAmount ?? 0;
  }

  /** How long what was sent may take to arrive over a slow uplink, beside the usual: milliseconds. */
  get lag(): number {
    return Math.max(0, this.#busyUntil - Date.now());
  }

  /**
   * Starts the heartbeat. The first ping goes out at once: the server's runtime ends the TCP connection right after a close
   * only for a peer that has sent a frame before (docs/PROTOCOL.md).
   */
  live(seconds: number): void {
    this.send(PING);
    const timeout = Math.min(TIMEOUT_MS, seconds * 1000);
    this.#beat = setInterval(() => this.#probe(timeout), seconds * 1000);
  }

  /** Asks for a quick sign of life; without one, the connection is lost. */
  doubt(): void {
    this.#probe(DOUBT_MS);
  }

  send(frame: Frame): void {
    try {
      this.#socket.send(frame);
      const now = Date.now();
      const slowly = Math.max(now, this.#busyUntil) + sizeOf(frame) / SLOWEST;
      this.#busyUntil = Math.min(now + MOST_LAG_MS, slowly);
    } catch {
      // Not open (any more): its end is reported, and what was to be sent is sent again after the next welcome.
    }
  }

  /** The server has said why it closes. The TCP connection may take seconds to end, and nobody waits for it. */
  bye(bye: Lost): void {
    if (this.#ended) return;
    this.drop(1000);
    this.#lost(bye);
  }

  /** Gives the connection up: its peer is told, if it is still there, and nothing of it is heard again. */
  drop(code: number): void {
    this.#end();
    try {
      this.#socket.close(code);
    } catch {
      // It had not opened yet.
    }
  }

  #probe(timeout: number): void {
    this.send(PING);
    this.#expect(timeout + this.lag, this.buffered);
  }

  /** An earlier deadline stands: asking again does not give more time. As long as the send buffer drains, the peer is there. */
  #expect(timeout: number, buffered: number): void {
    const due = Date.now() + timeout;
    if (this.#deadline !== undefined && this.#due <= due) return;
    this.#heard();
    this.#due = due;
    this.#deadline = setTimeout(() => {
      this.#deadline = undefined;
      if (this.buffered < buffered) {
        this.#expect(timeout, this.buffered);
        return;
      }
      if (this.#ended) return;
      this.drop(SILENT);
      this.#lost(lostBy("later"));
    }, timeout);
  }

  #heard(): void {
    stopTimer(this.#deadline);
    this.#deadline = undefined;
  }

  #lose(lost: Lost): void {
    if (this.#ended) return;
    this.#end();
    this.#lost(lost);
  }

  #end(): void {
    this.#ended = true;
    stopTimer(this.#beat);
    this.#heard();
  }
}
