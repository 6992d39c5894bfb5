import { connect, type Socket } from "node:net";
import { frameAt, textFrame } from "./frames.ts";
import type { Delivery, Transcript } from "./transcript.ts";

const MESSAGES = Buffer.from('{"type":"messages"');

/** All sockets read into this buffer, one after the other, so that reading makes no garbage. */
const BUFFER = Buffer.allocUnsafe(256 * 1024);

/** What the listeners of one room have in common. */
export type Company = {
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
  /** How many deliveries it has got. */
  got = 0;
  readonly #company: Company;
  readonly #socket: Socket;
  #early: Buffer | undefined = Buffer.alloc(0);
  #upgraded = false;
  #welcomed: () => void = () => {};
  /** Bytes after which the service wants to hear `received`, if it does; and where it last did. */
  #ackBytes = Number.POSITIVE_INFINITY;
  #ackedAt = 0;

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
    this.#socket.write(
      [
        `GET ${url.pathname} HTTP/1.1`,
        `Host: ${url.host}`,
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: dormouse.v1",
        // The example key of RFC 6455: nothing between here and the service could mistake one socket for another.
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "",
        "",
      ].join("\r\n"),
    );
  }

  /** Resolves once the room has said welcome. */
  static open(url: URL, company: Company): Promise<Listener> {
    const listener = new Listener(url, company);
    return new Promise((resolve) => {
      listener.#welcomed = () => resolve(listener);
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
    let rest = bytes;
    if (!this.#upgraded) {
      const end = rest.indexOf("\r\n\r\n");
      this.#early = rest;
      if (end < 0) return;
      if (!rest.toString("latin1", 0, end).startsWith("HTTP/1.1 101 ")) throw new Error(rest.toString());
      this.#upgraded = true;
      rest = rest.subarray(end + 4);
    }
    for (let frame = frameAt(rest, 0); frame !== undefined; frame = frameAt(rest, 0)) {
      if (frame.payload.subarray(0, MESSAGES.length).equals(MESSAGES)) {
        this.#early = undefined;
        this.#listen(rest);
        return;
      }
      this.#told(frame.payload.toString());
      rest = rest.subarray(frame.end);
    }
    this.#early = Buffer.from(rest);
  }

  #told(text: string): void {
    const frame: { type?: string; limits?: { ackBytes?: number } } = JSON.parse(text);
    if (frame.type === "welcome") {
      this.#ackBytes = frame.limits?.ackBytes ?? Number.POSITIVE_INFINITY;
      this.#welcomed();
    } else if (frame.type !== "presence") throw new Error(`A socket was told: ${text}`);
  }

  #listen(chunk: Buffer): void {
    const { transcript } = this.#company;
    transcript.hear(chunk, this.at);
    this.at += chunk.length;
    for (
      let next = transcript.deliveries[this.got];
      next !== undefined && next.end <= this.at;
      next = transcript.deliveries[this.got]
    ) {
      this.got++;
      this.#company.delivered(this, next);
      if (next.end - this.#ackedAt < this.#ackBytes) continue;
      this.#ackedAt = next.end;
      this.send(JSON.stringify({ type: "received", seq: next.last }));
    }
  }
}
