import { type Retry, retryAfterClose } from "../protocol/codes.ts";
import { PING } from "../protocol/limits.ts";
import type { SocketLike } from "./options.ts";

/** How a link ended, with the advice for what comes next. */
export type Lost = { retry: Retry; after: number; code: string; reason: string };

/** An end; one that the client finds by itself is worth another try, and nobody is told why. */
export function lostBy(retry: Retry, code = "", reason = ""): Lost {
  return { retry, after: 0, code, reason };
}

/** What a socket carries. */
export type Frame = string | ArrayBuffer;

type Handlers = {
  frame: (data: Frame) => void;
  lost: (lost: Lost) => void;
};

/** Without a welcome in this time, an attempt has failed. Without an answer to a ping, a connection is dead. */
export const PATIENCE_MS = 10_000;

/** The same, once there is reason to doubt: the browser says that the network came or went, or the page was away. */
const DOUBT_MS = 3000;

/** Our own close code for a peer that fell silent; most often nobody hears it. */
const SILENT = 3000;

/**
 * One socket from its making to its end, watched over by a heartbeat: a connection whose network is gone says nothing,
 * so silence after a ping is its end. `lost` is called once.
 */
export class Link {
  readonly #socket: SocketLike;
  readonly #lost: Handlers["lost"];
  #ended = false;
  #beat: ReturnType<typeof setInterval> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #due = 0;

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

  /**
   * Starts the heartbeat. The first ping goes out at once: the server's runtime ends the TCP connection right after a close
   * only for a peer that has sent a frame before (docs/PROTOCOL.md).
   */
  live(seconds: number): void {
    this.send(PING);
    const patience = Math.min(PATIENCE_MS, seconds * 1000);
    this.#beat = setInterval(() => this.#probe(patience), seconds * 1000);
  }

  /** Asks for a quick sign of life; without one, the link is lost. */
  doubt(): void {
    this.#probe(DOUBT_MS);
  }

  send(frame: Frame): void {
    try {
      this.#socket.send(frame);
    } catch {
      // Not open (any more): its end is reported, and what was to be sent is sent again after the next welcome.
    }
  }

  /** The server has said why it closes. The connection itself may take seconds to end, which nobody need wait for. */
  bye(bye: Lost): void {
    this.#lose(bye);
    this.drop(1000);
  }

  /** Gives the link up: its peer is told, if it is still there, and nothing of it is heard again. */
  drop(code: number): void {
    this.#end();
    try {
      this.#socket.close(code);
    } catch {
      // It had not opened yet.
    }
  }

  #probe(patience: number): void {
    this.send(PING);
    this.#expect(patience);
  }

  /** An earlier deadline stands: asking again does not give more time. */
  #expect(patience: number): void {
    const due = Date.now() + patience;
    if (this.#deadline !== undefined && this.#due <= due) return;
    this.#heard();
    this.#due = due;
    this.#deadline = setTimeout(() => {
      this.#lose(lostBy("later"));
      this.drop(SILENT);
    }, patience);
  }

  #heard(): void {
    if (this.#deadline !== undefined) clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }

  #lose(lost: Lost): void {
    if (this.#ended) return;
    this.#end();
    this.#lost(lost);
  }

  #end(): void {
    this.#ended = true;
    if (this.#beat !== undefined) clearInterval(this.#beat);
    this.#heard();
  }
}
