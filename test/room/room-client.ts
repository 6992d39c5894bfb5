import { exports } from "cloudflare:workers";
import * as v from "valibot";
import { expect } from "vitest";
import { decodeBinary, encodeBinary } from "../../src/protocol/binary.ts";
import {
  binaryDownSchema,
  type Down,
  downSchema,
  type PresenceChange,
  type Welcome,
} from "../../src/protocol/down.ts";
import { SUBPROTOCOL } from "../../src/protocol/limits.ts";
import { Queue } from "../support/queue.ts";

/** An arrival at a socket: text, bytes, or its close. */
export type Arrived = { text: string } | { bytes: Uint8Array } | { closed: number; reason: string };

/** A message as a `dormouse.v1` socket receives it. */
export type Got = { seq: number; id: string; from: string; name: string; data: unknown };

const WAIT_MS = 3000;

/** The name of an unused room. Tests of one file share their storage. */
export function freshRoom(): string {
  return `room-${crypto.randomUUID()}`;
}

export function upgrade(room: string, query = "", headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(`https://dormouse.test/v1/rooms/${encodeURIComponent(room)}${query}`, {
    headers: { upgrade: "websocket", ...headers },
  });
}

/** The client side of a socket. It queues all arrivals, for a test to take one by one. */
export class RoomClient {
  readonly socket: WebSocket;
  readonly #queue = new Queue<Arrived>();
  /** Presence changes. They arrive at any time, so the queue leaves them out. */
  readonly presence: PresenceChange[] = [];
  /** Messages of a taken frame that `message` has not returned yet. */
  readonly #messages: Got[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      this.#arrive(typeof data === "string" ? { text: data } : { bytes: new Uint8Array(data) });
    });
    socket.addEventListener("close", ({ code, reason }) => this.#arrive({ closed: code, reason }));
    socket.accept();
  }

  /** A plain socket. */
  static async plain(room: string, query = ""): Promise<RoomClient> {
    return RoomClient.of(await upgrade(room, query));
  }

  static of(response: Response): RoomClient {
    if (response.webSocket === null) throw new Error(`The upgrade was refused with ${response.status}.`);
    return new RoomClient(response.webSocket);
  }

  send(frame: string | object): void {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  publish(id: string, data: unknown): void {
    this.send({ type: "publish", id, data });
  }

  publishBytes(id: string, bytes: Uint8Array): void {
    this.socket.send(encodeBinary({ type: "publish", id }, bytes));
  }

  /** The next arrival, in order. */
  next(): Promise<Arrived> {
    return this.#queue.next(WAIT_MS);
  }

  /** The next arrival, which must be text. */
  async text(): Promise<string> {
    const arrived = await this.next();
    if ("text" in arrived) return arrived.text;
    throw new Error(`Expected text, not ${JSON.stringify(arrived)}.`);
  }

  async bytes(): Promise<Uint8Array> {
    const arrived = await this.next();
    if ("bytes" in arrived) return arrived.bytes;
    throw new Error(`Expected bytes, not ${JSON.stringify(arrived)}.`);
  }

  async closed(): Promise<{ closed: number; reason: string }> {
    const arrived = await this.next();
    if ("closed" in arrived) return arrived;
    throw new Error(`Expected a close, not ${JSON.stringify(arrived).slice(0, 300)}.`);
  }

  /** The next arrival, which must be a frame of this type. */
  async frame<Type extends Down["type"]>(type: Type): Promise<Extract<Down, { type: Type }>> {
    const frame = parseDown(await this.text());
    if (isOfType(frame, type)) return frame;
    throw new Error(`Expected ${type}, not ${JSON.stringify(frame).slice(0, 300)}.`);
  }

  /** The next message, in whichever frame it comes. Throws if the next arrival has none. */
  async message(): Promise<Got> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      const arrived = await this.next();
      if ("text" in arrived) this.#messages.push(...textMessages(arrived.text));
      else if ("bytes" in arrived) this.#messages.push(binaryMessage(arrived.bytes));
      else throw new Error(`Closed with ${arrived.closed} where a message was expected.`);
    }
  }

  async messages(count: number): Promise<Got[]> {
    const messages: Got[] = [];
    while (messages.length < count) messages.push(await this.message());
    return messages;
  }

  /** Checks that nothing is in flight: the answer to a history request must be the next arrival. */
  async expectQuiet(): Promise<void> {
    const id = crypto.randomUUID();
    this.send({ type: "history", id, before: 0 });
    expect(await this.frame("history")).toEqual({ type: "history", id, messages: [], more: false });
  }

  /** Waits for this many presence changes, and takes them. */
  async presenceChanges(count: number): Promise<PresenceChange[]> {
    const end = performance.now() + WAIT_MS;
    while (this.presence.length < count) {
      if (performance.now() > end)
        throw new Error(`${this.presence.length} of ${count} presence changes arrived.`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.presence.splice(0);
  }

  #arrive(arrived: Arrived): void {
    if ("text" in arrived && arrived.text.startsWith('{"type":"presence"')) {
      const frame = parseDown(arrived.text);
      if (isOfType(frame, "presence")) this.presence.push(frame);
      return;
    }
    this.#queue.push(arrived);
  }
}

/** A `dormouse.v1` socket after its welcome. */
export type Joined = RoomClient & { readonly welcome: Welcome };

export async function join(room: string, query = "", guestKey?: string): Promise<Joined> {
  const protocols = guestKey === undefined ? SUBPROTOCOL : `${SUBPROTOCOL}, bearer.${guestKey}`;
  return welcomed(await upgrade(room, query, { "sec-websocket-protocol": protocols }));
}

/** The socket of an accepted upgrade, after its welcome. */
export async function welcomed(response: Response): Promise<Joined> {
  const client = RoomClient.of(response);
  return Object.assign(client, { welcome: await client.frame("welcome") });
}

/** Parses a frame, and checks that it has no field beyond the protocol. */
export function parseDown(text: string): Down {
  const json: unknown = JSON.parse(text);
  const frame = v.parse(downSchema, json);
  expect(frame).toEqual(json);
  return frame;
}

function isOfType<Type extends Down["type"]>(
  frame: Down,
  type: Type,
): frame is Extract<Down, { type: Type }> {
  return frame.type === type;
}

function textMessages(text: string): Got[] {
  const frame = parseDown(text);
  if (frame.type !== "messages") throw new Error(`Expected messages, not ${text.slice(0, 300)}.`);
  return frame.messages.map(({ seq, data, ...message }, i) => ({
    ...message,
    seq: seq ?? frame.first + i,
    data,
  }));
}

function binaryMessage(frame: Uint8Array): Got {
  const decoded = decodeBinary(frame.slice().buffer);
  if (!decoded.ok) throw new Error(decoded.why);
  const header = v.parse(binaryDownSchema, decoded.header);
  expect(header).toEqual(decoded.header);
  const { seq, id, from, name } = header;
  return { seq, id, from, name, data: [...decoded.bytes] };
}
