import { connect, type Socket } from "node:net";
import { splitAnswer, upgradeRequest } from "../support/handshake.ts";
import type { Dialect } from "./dialect.ts";
import { frameAt, textFrame } from "./frames.ts";
import type { Delivery, Transcript } from "./transcript.ts";

/** All sockets read into this buffer, one after the other, so that reading makes no garbage. */
const BUFFER = Buffer.allocUnsafe(256 * 1024);

/** What the listeners of one room have in common. */
export type Company = {
  dialect: Dialect;
  transcript: Transcript;
  /** A listener has got all of a frame. */
  delivered(listener: Listener, delivery: Delivery): void;
  /** The load has gone wrong. */
  fail(error: Error): void;
};

/** One socket of the load: a bare TCP connection that speaks just enough WebSocket to publish and to check what comes. */
export class Listener {
  /** How far it is in the transcript. */
  at = 0;
  /** How many deliveries it has got, and how often it has answered a frame of its own. */
  got = 0;
  answers = 0;
  readonly #company: Company;
  readonly #socket: Socket;
  /** What came before the first message and was not understood yet. */
  #early: Buffer | undefined = Buffer.alloc(0);
  #upgraded = false;
  #joined: () => void = () => {};
  /** The beginning of what may be a frame of this socket's own. */
  #held: Buffer | undefined;

  private constructor(url: URL, company: Company) {
    this.#company = company;
    const callback = (length: number) => this.#guarded(BUFFER.subarray(0, length));
    this.#socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: { buffer: BUFFER, callback },
    });
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => company.fail(new Error("A socket was closed.")));
    const { subprotocol } = company.dialect;
    this.#socket.write(upgradeRequest(url, { subprotocol }));
  }

  /** Resolves once the socket is in the room. */
  static open(url: URL, company: Company): Promise<Listener> {
    const listener = new Listener(url, company);
    return new Promise((resolve) => {
      listener.#joined = () => resolve(listener);
    });
  }

  send(text: string): void {
    this.#socket.write(textFrame(text));
  }

  end(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }

  #guarded(chunk: Buffer): true {
    try {
      if (this.#early === undefined) this.#listen(chunk);
      else this.#begin(Buffer.concat([this.#early, chunk]));
    } catch (error) {
      this.#company.fail(error instanceof Error ? error : new Error(String(error)));
    }
    return true;
  }

  /** Before the first message each socket is told something else. `bytes`: what came and was not understood yet. */
  #begin(bytes: Buffer): void {
    const { dialect } = this.#company;
    let rest = bytes;
    if (!this.#upgraded) {
      const answer = splitAnswer(rest);
      this.#early = rest;
      if (answer === undefined) return;
      this.#upgraded = true;
      rest = answer.rest;
      if (dialect.greeted === undefined) this.#joined();
    }
    for (let frame = frameAt(rest, 0); frame !== undefined; frame = frameAt(rest, 0)) {
      const text = frame.payload.toString();
      if (text.startsWith(dialect.messages)) {
        this.#early = undefined;
        this.#listen(rest);
        return;
      }
      const whole = rest.subarray(0, frame.end);
      const { own } = dialect;
      if (own !== undefined && whole.indexOf(own.prefix) === 0) this.#answer(own.answer(whole));
      else this.#told(text);
      rest = rest.subarray(frame.end);
    }
    this.#early = Buffer.from(rest);
  }

  #told(text: string): void {
    const greeting = this.#company.dialect.greeted?.(text);
    if (greeting === undefined) throw new Error(`A socket was told: ${text}`);
    const { isIn, reply } = greeting;
    if (reply !== undefined) this.send(reply);
    if (isIn) this.#joined();
  }

  #listen(chunk: Buffer): void {
    const { transcript } = this.#company;
    for (const part of this.#withoutOwn(chunk)) {
      transcript.hear(part, this.at);
      this.at += part.length;
    }
    for (
      let next = transcript.deliveries[this.got];
      next !== undefined && next.end <= this.at;
      next = transcript.deliveries[this.got]
    ) {
      this.got++;
      this.#company.delivered(this, next);
    }
  }

  #answer(text: string): void {
    this.answers++;
    this.send(text);
  }

  /** What all get, without the frames of this socket's own. */
  *#withoutOwn(chunk: Buffer): Generator<Buffer> {
    const { own } = this.#company.dialect;
    if (own === undefined) return yield chunk;
    const { prefix, length } = own;
    let rest = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = undefined;
    let at = rest.indexOf(prefix);
    for (; at >= 0 && at + length <= rest.length; at = rest.indexOf(prefix)) {
      this.#answer(own.answer(rest.subarray(at, at + length)));
      yield rest.subarray(0, at);
      rest = rest.subarray(at + length);
    }
    const start = at >= 0 ? at : rest.lastIndexOf(prefix[0] ?? 0);
    if (at >= 0 || (start >= 0 && prefix.indexOf(rest.subarray(start)) === 0)) {
      this.#held = Buffer.from(rest.subarray(start));
      rest = rest.subarray(0, start);
    }
    yield rest;
  }
}
