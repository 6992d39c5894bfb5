import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Sender } from "ws";
import { splitAnswer, upgradeRequest } from "../support/handshake.ts";
import { Queue } from "../support/queue.ts";

// The types of `ws` leave out what it exports for framing.
declare module "ws" {
  export const Sender: {
    frame(
      data: Buffer,
      options: { fin: boolean; opcode: number; mask: boolean; readOnly: boolean },
    ): Buffer[];
  };
}

/** The opcodes that RFC 6455, section 5.2 defines; the ten that are not here are reserved. */
export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

/** Bits of a frame's first byte that only a negotiated extension gives a meaning. */
export const RSV1 = 0x40;
export const RSV2 = 0x20;
export const RSV3 = 0x10;

export type FrameOptions = { fin?: boolean; mask?: boolean; rsv?: number };

/** One frame as a client sends it. */
export function frame(opcode: number, payload: string | Buffer = "", options: FrameOptions = {}): Buffer {
  const { fin = true, mask = true, rsv = 0 } = options;
  const data = Buffer.from(payload);
  const bytes = Buffer.concat(Sender.frame(data, { fin, opcode, mask, readOnly: true }));
  bytes.writeUInt8(bytes.readUInt8(0) | rsv, 0);
  return bytes;
}

/** The payload of a close frame: the code in two bytes, then the reason. */
export function closePayload(code: number, reason: string | Buffer = ""): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return Buffer.concat([bytes, Buffer.from(reason)]);
}

/** A frame of the server. `lengthBits`: the form in which it gave its length, 7, 16 or 64 bits. */
export type Received = {
  fin: boolean;
  rsv: number;
  masked: boolean;
  opcode: number;
  lengthBits: 7 | 16 | 64;
  payload: Buffer;
};

/** What the upgrade asks for; the server must answer with just that. */
export type Offer = { protocol?: string; extensions?: string };

const PRESENCE = Buffer.from('{"type":"presence"');

/** A WebSocket client that sends whatever bytes it is told to, and hands out the server's frames as they came. */
export class RawSocket {
  readonly #tcp: Socket;
  /** Frames, and undefined for the end of the connection. */
  readonly #queue = new Queue<Received | undefined>();
  #rest: Buffer = Buffer.alloc(0);
  #ended = false;

  private constructor(tcp: Socket, rest: Buffer) {
    this.#tcp = tcp;
    tcp.on("data", (bytes) => this.#take(bytes));
    tcp.on("error", () => {});
    for (const event of ["end", "close"]) tcp.on(event, () => this.#queue.push(undefined));
    this.#take(rest);
  }

  /** Connects and upgrades; throws where the answer is none that RFC 6455, section 4.1 lets a client take. */
  static async open(address: string, offer: Offer = {}): Promise<RawSocket> {
    const url = new URL(address);
    const key = randomBytes(16).toString("base64");
    const tcp = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    await once(tcp, "connect");
    tcp.write(upgradeRequest(url, { subprotocol: offer.protocol, extensions: offer.extensions, key }));
    const { head, rest } = await readAnswer(tcp);
    const wanted = { accept: acceptOf(key), protocol: offer.protocol, extensions: undefined };
    for (const [name, value] of Object.entries(wanted)) {
      const given = headerOf(head, `sec-websocket-${name}`);
      if (given !== value) throw new Error(`Expected ${value} for ${name}, not ${given}: ${head}`);
    }
    return new RawSocket(tcp, rest);
  }

  send(...frames: Buffer[]): void {
    this.#tcp.write(Buffer.concat(frames));
  }

  /** Sends bytes in writes of so many each, between which the event loop turns once. */
  async sendPieces(bytes: Buffer, size: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += size) {
      if (at > 0) await new Promise((resolve) => setImmediate(resolve));
      this.#tcp.write(bytes.subarray(at, at + size));
    }
  }

  /** The next frame. Throws where the connection ends first, or after `ms`. */
  async next(ms = 5000): Promise<Received> {
    const received = await this.nextOrEnd(ms);
    if (received === undefined) throw new Error("The connection ended before a frame came.");
    return received;
  }

  /** The next frame of this opcode; others are passed over. */
  async until(opcode: number, ms?: number): Promise<Received> {
    for (;;) {
      const received = await this.next(ms);
      if (received.opcode === opcode) return received;
    }
  }

  /** The frames that are left, once the server has ended the connection. */
  async end(ms = 5000): Promise<Received[]> {
    const left: Received[] = [];
    for (;;) {
      const received = await this.nextOrEnd(ms);
      if (received === undefined) return left;
      left.push(received);
    }
  }

  /** Ends its own side of the TCP connection, once all is sent, with no close frame; it goes on reading. */
  finish(): void {
    this.#tcp.end();
  }

  /** Drops the TCP connection, as the end of a process does. */
  drop(): void {
    this.#tcp.destroy();
  }

  /** Drops it with a reset, as a host does that knows nothing of it any more. */
  reset(): void {
    this.#tcp.resetAndDestroy();
  }

  /** The next frame, or undefined once the server has ended the connection. Throws after `ms`. */
  async nextOrEnd(ms = 5000): Promise<Received | undefined> {
    if (this.#ended) return undefined;
    const received = await this.#queue.next(ms);
    this.#ended = received === undefined;
    return received;
  }

  #take(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const parsed = parse(this.#rest);
      if (parsed === undefined) break;
      // Changes of the list of members come when they come, and are no part of the order of all else.
      if (!parsed.received.payload.subarray(0, PRESENCE.length).equals(PRESENCE))
        this.#queue.push(parsed.received);
      this.#rest = this.#rest.subarray(parsed.length);
    }
  }
}

/** The frame that `bytes` begin with, and its whole length; undefined while it is not all there. */
function parse(bytes: Buffer): { received: Received; length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const first = bytes.readUInt8(0);
  const second = bytes.readUInt8(1);
  const form = second & 0x7f;
  const lengthBits = form === 127 ? 64 : form === 126 ? 16 : 7;
  const start = lengthBits === 7 ? 2 : 2 + lengthBits / 8;
  if (bytes.length < start) return undefined;
  const size = lengthBits === 7 ? form : Number(`0x${bytes.toString("hex", 2, start)}`);
  if (bytes.length < start + size) return undefined;
  const payload = Buffer.from(bytes.subarray(start, start + size));
  const [fin, rsv, masked] = [(first & 0x80) !== 0, first & 0x70, (second & 0x80) !== 0];
  return { received: { fin, rsv, masked, opcode: first & 0x0f, lengthBits, payload }, length: start + size };
}

async function readAnswer(tcp: Socket): Promise<{ head: string; rest: Buffer }> {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const [chunk]: Buffer[] = await once(tcp, "data");
    if (chunk !== undefined) bytes = Buffer.concat([bytes, chunk]);
    const answer = splitAnswer(bytes);
    if (answer !== undefined) return answer;
  }
}

function headerOf(answer: string, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*?) *$`, "im").exec(answer)?.[1];
}

function acceptOf(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}
