import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Sender } from "ws";
import { splitAnswer, upgradeRequest } from "../support/handshake.ts";
import { Queue, WAIT_MS } from "../support/queue.ts";

// The types of `ws` leave out what it exports for framing.
declare module "ws" {
  export const Sender: {
    frame(
      data: Buffer,
      options: { fin: boolean; opcode: number; mask: boolean; readOnly: boolean },
    ): Buffer[];
  };
}

/** The opcodes of RFC 6455, section 5.2. The other ten are reserved. */
export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

/** The reserved bits of a frame's first byte. */
export const RSV1 = 0x40;
export const RSV2 = 0x20;
export const RSV3 = 0x10;

export type FrameOptions = { fin?: boolean; mask?: boolean; rsv?: number };

/** A client's frame. */
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

/** A server's frame. `lengthBits`: the encoding of its length. */
export type Received = {
  fin: boolean;
  rsv: number;
  masked: boolean;
  opcode: number;
  lengthBits: 7 | 16 | 64;
  payload: Buffer;
};

/** The offer of the upgrade. The server must accept exactly the protocol, and no extension. */
export type Offer = { protocol?: string; extensions?: string };

const PRESENCE = Buffer.from('{"type":"presence"');

/** A WebSocket client that sends arbitrary bytes, and returns the server's frames as they arrive. */
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

  /** Connects and upgrades. Throws if RFC 6455, section 4.1 forbids the answer. */
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

  /** Sends bytes in pieces, each in a write and a turn of its own. */
  async sendPieces(bytes: Buffer, size: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += size) {
      if (at > 0) await new Promise((resolve) => setImmediate(resolve));
      this.#tcp.write(bytes.subarray(at, at + size));
    }
  }

  /** The next frame. Throws if the connection ends first, or after `ms`. */
  async next(ms = WAIT_MS): Promise<Received> {
    const received = await this.nextOrEnd(ms);
    if (received === undefined) throw new Error("The connection ended before a frame came.");
    return received;
  }

  /** The next frame with this opcode. Skips others. */
  async until(opcode: number, ms?: number): Promise<Received> {
    for (;;) {
      const received = await this.next(ms);
      if (received.opcode === opcode) return received;
    }
  }

  /** Waits until the server ends the connection. Returns the remaining frames. */
  async end(ms = WAIT_MS): Promise<Received[]> {
    const left: Received[] = [];
    for (;;) {
      const received = await this.nextOrEnd(ms);
      if (received === undefined) return left;
      left.push(received);
    }
  }

  /** Half-closes the TCP connection without a close frame. It still reads. */
  finish(): void {
    this.#tcp.end();
  }

  /** Destroys the TCP connection, as a process that ends. */
  drop(): void {
    this.#tcp.destroy();
  }

  /** Resets the TCP connection, as a host that restarted. */
  reset(): void {
    this.#tcp.resetAndDestroy();
  }

  /** The next frame, or undefined once the server has ended the connection. Throws after `ms`. */
  async nextOrEnd(ms = WAIT_MS): Promise<Received | undefined> {
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
      // Presence changes arrive at any time, so they are left out of the order.
      if (!parsed.received.payload.subarray(0, PRESENCE.length).equals(PRESENCE))
        this.#queue.push(parsed.received);
      this.#rest = this.#rest.subarray(parsed.length);
    }
  }
}

/** The frame at the start of `bytes`, and its length. Undefined while it is incomplete. */
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
