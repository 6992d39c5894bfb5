import { onTestFinished } from "vitest";
import { decodeBinary, encodeBinary } from "../../src/protocol/binary.ts";
import { SUBPROTOCOL } from "../../src/protocol/limits.ts";
import type { Service } from "../support/service.ts";
import { eventually, TestSocket } from "../support/socket.ts";
import { RawSocket, TEXT } from "./raw-socket.ts";

export const MODES = ["plain", SUBPROTOCOL] as const;
export type Mode = (typeof MODES)[number];

/** A room of its own for a test, with a raw socket and an observer: a strict, well-behaved client. */
export type TestRoom = { room: string; raw: RawSocket; observer: TestSocket };

let rooms = 0;

export async function openRoom(service: Service, mode: Mode): Promise<TestRoom> {
  const room = `wire-${rooms++}`;
  const observer = await TestSocket.open(service.room(room), SUBPROTOCOL);
  onTestFinished(() => observer.ws.terminate());
  await observer.until("welcome");
  return { room, raw: await joinRaw(service, room, mode), observer };
}

/** Joins a room with a raw socket, which is closed after the test. */
export async function joinRaw(service: Service, room: string, mode: Mode): Promise<RawSocket> {
  const raw = await RawSocket.open(service.room(room), mode === "plain" ? {} : { protocol: mode });
  onTestFinished(() => raw.drop());
  if (mode === SUBPROTOCOL) await raw.until(TEXT);
  return raw;
}

let ids = 0;

/** The payload of a text publish in this mode. */
export function textPayload(mode: Mode, text: string): Buffer {
  if (mode === "plain") return Buffer.from(text);
  return Buffer.from(JSON.stringify({ type: "publish", id: `raw-${ids++}`, data: text }));
}

/** The payload of a binary publish in this mode. */
export function binaryPayload(mode: Mode, bytes: Buffer): Buffer {
  if (mode === "plain") return bytes;
  return Buffer.from(encodeBinary({ type: "publish", id: `raw-${ids++}` }, bytes));
}

export type ReceivedMessage = { seq: number; data: string | Buffer };

/** The next `count` messages of a `dormouse.v1` socket. */
export async function receive(socket: TestSocket, count: number): Promise<ReceivedMessage[]> {
  const received: ReceivedMessage[] = [];
  while (received.length < count) {
    const arrived = await socket.next();
    if ("closed" in arrived) throw new Error(`Closed with ${arrived.closed} (${arrived.reason}).`);
    if ("bytes" in arrived) received.push(fromBytes(arrived.bytes));
    else received.push(...fromText(arrived.text));
  }
  return received;
}

function fromText(text: string): ReceivedMessage[] {
  const frame: { type: string; first: number; messages: { data: string }[] } = JSON.parse(text);
  if (frame.type !== "messages") return [];
  return frame.messages.map(({ data }, i) => ({ seq: frame.first + i, data }));
}

function fromBytes(bytes: Buffer): ReceivedMessage {
  const decoded = decodeBinary(Uint8Array.from(bytes).buffer);
  if (!decoded.ok) throw new Error(decoded.why);
  const { seq } = decoded.header as { seq: number };
  return { seq, data: Buffer.from(decoded.bytes) };
}

export async function roomInfo(service: Service, room: string): Promise<{ count: number; seq: number }> {
  const answer = await fetch(`${service.url}/v1/rooms/${encodeURIComponent(room)}`);
  return (await answer.json()) as { count: number; seq: number };
}

/** Waits until this many members are in the room. */
export async function waitForCount(service: Service, room: string, count: number): Promise<void> {
  await eventually(async () => (await roomInfo(service, room)).count === count);
}

export const ALIVE = "alive";

/** Publishes, and waits for that message. Returns all messages received up to then, its own included. */
export async function expectAlive(observer: TestSocket): Promise<ReceivedMessage[]> {
  observer.send({ type: "publish", id: "alive", data: ALIVE });
  const received: ReceivedMessage[] = [];
  while (!received.some(({ data }) => data === ALIVE)) received.push(...(await receive(observer, 1)));
  return received;
}
