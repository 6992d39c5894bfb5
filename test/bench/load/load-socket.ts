import { connect, type Socket } from "node:net";
import { splitAnswer, upgradeRequest } from "../../support/handshake.ts";
import { frameAt, textFrame } from "./frames.ts";
import type { Protocol } from "./protocol.ts";
import type { Delivery, Transcript } from "./transcript.ts";

/** All sockets read into this buffer, so that reading allocates nothing. */
const BUFFER = Buffer.allocUnsafe(256 * 1024);

/** What the load sockets of a room share. */
export type LoadRoom = {
  protocol: Protocol;
  transcript: Transcript;
  /** Called when a socket has received all of a frame. */
  delivered(socket: LoadSocket, delivery: Delivery): void;
  /** Called when the load fails. */
  fail(error: Error): void;
};

/** A socket of the load: a TCP connection with just enough WebSocket to publish and to check deliveries. */
export class LoadSocket {
  /** Its position in the transcript. */
  at = 0;
  /** The number of its deliveries, and of its answers to frames of its own. */
  got = 0;
  answers = 0;
  readonly #room: LoadRoom;
  readonly #socket: Socket;
  /** Bytes before the first message that are not handled yet. */
  #early: Buffer | undefined = Buffer.alloc(0);
  #upgraded = false;
  #joined: () => void = () => {};
  /** The start of what may be a frame of its own. */
  #held: Buffer | undefined;

  private constructor(url: URL, room: LoadRoom) {
    this.#room = room;
    const callback = (length: number) => this.#guarded(BUFFER.subarray(0, length));
    this.#socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: { buffer: BUFFER, callback },
    });
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => room.fail(new Error("A socket was closed.")));
    const { subprotocol } = room.protocol;
    this.#socket.write(upgradeRequest(url, { subprotocol }));
  }

  /** Resolves when the socket has joined. */
  static open(url: URL, room: LoadRoom): Promise<LoadSocket> {
    const socket = new LoadSocket(url, room);
    return new Promise((resolve) => {
      socket.#joined = () => resolve(socket);
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
      this.#room.fail(error instanceof Error ? error : new Error(String(error)));
    }
    return true;
  }

  /** Handles the upgrade and the handshake. `bytes`: all that is not handled yet. */
  #begin(bytes: Buffer): void {
    const { protocol } = this.#room;
    let rest = bytes;
    if (!this.#upgraded) {
      const answer = splitAnswer(rest);
      this.#early = rest;
      if (answer === undefined) return;
      this.#upgraded = true;
      rest = answer.rest;
      if (protocol.handshake === undefined) this.#joined();
    }
    for (let frame = frameAt(rest, 0); frame !== undefined; frame = frameAt(rest, 0)) {
      const text = frame.payload.toString();
      if (text.startsWith(protocol.messages)) {
        this.#early = undefined;
        this.#listen(rest);
        return;
      }
      const whole = rest.subarray(0, frame.end);
      const { own } = protocol;
      if (own !== undefined && whole.indexOf(own.prefix) === 0) this.#answer(own.answer(whole));
      else this.#onHandshake(text);
      rest = rest.subarray(frame.end);
    }
    this.#early = Buffer.from(rest);
  }

  #onHandshake(text: string): void {
    const step = this.#room.protocol.handshake?.(text);
    if (step === undefined) throw new Error(`A socket got an unexpected frame: ${text}`);
    const { isIn, reply } = step;
    if (reply !== undefined) this.send(reply);
    if (isIn) this.#joined();
  }

  #listen(chunk: Buffer): void {
    const { transcript } = this.#room;
    for (const part of this.#withoutOwn(chunk)) {
      transcript.append(part, this.at);
      this.at += part.length;
    }
    for (
      let next = transcript.deliveries[this.got];
      next !== undefined && next.end <= this.at;
      next = transcript.deliveries[this.got]
    ) {
      this.got++;
      this.#room.delivered(this, next);
    }
  }

  #answer(text: string): void {
    this.answers++;
    this.send(text);
  }

  /** The bytes that all sockets get, without the frames of its own. */
  *#withoutOwn(chunk: Buffer): Generator<Buffer> {
    const { own } = this.#room.protocol;
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
