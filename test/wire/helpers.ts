import { onTestFinished } from "vitest";
import { decodeBinary, encodeBinary } from "../../src/protocol/binary.ts";
import { SUBPROTOCOL } from "../../src/protocol/limits.ts";
import type { Service } from "../support/service.ts";
import { eventually, TestSocket } from "../support/socket.ts";
import { RawSocket, TEXT } from "./raw-socket.ts";

export const MODES = ["plain", SUBPROTOCOL] as const;
export type Mode = (typeof MODES)[number];

/** A room of its own for each test, with a raw socket in it and a witness: a strict client that does all by the book. */
export type Meeting = { room: string; raw: RawSocket; witness: TestSocket };

let rooms = 0;

export async function meet(service: Service, mode: Mode): Promise<Meeting> {
  const room = `wire-${rooms++}`;
  const witness = await TestSocket.open(service.room(room), SUBPROTOCOL);
  onTestFinished(() => witness.ws.terminate());
  await witness.until("welcome");
  return { room, raw: await enter(service, room, mode), witness };
}

/** A raw socket in the room, until the test is over; on `dormouse.v1`, after its welcome. */
export async function enter(service: Service, room: string, mode: Mode): Promise<RawSocket> {
  const raw = await RawSocket.open(service.room(room), mode === "plain" ? {} : { protocol: mode });
  onTestFinished(() => raw.drop());
  if (mode === SUBPROTOCOL) await raw.until(TEXT);
  return raw;
}

let ids = 0;

/** The payload that publishes a text in this mode. */
export function textPayload(mode: Mode, text: string): Buffer {
  if (mode === "plain") return Buffer.from(text);
  return Buffer.from(JSON.stringify({ type: "publish", id: `raw-${ids++}`, data: text }));
}

/** The payload that publishes bytes in this mode. */
export function binaryPayload(mode: Mode, bytes: Buffer): Buffer {
  if (mode === "plain") return bytes;
  return Buffer.from(encodeBinary({ type: "publish", id: `raw-${ids++}` }, bytes));
}

export type Heard = { seq: number; data: string | Buffer };

/** The next `count` messages that a `dormouse.v1` socket is sent, however they share frames. */
export async function hear(socket: TestSocket, count: number): Promise<Heard[]> {
  const heard: Heard[] = [];
  while (heard.length < count) {
    const arrived = await socket.next();
    if ("closed" in arrived) throw new Error(`Closed with ${arrived.closed} (${arrived.reason}).`);
    if ("bytes" in arrived) heard.push(heardBytes(arrived.bytes));
    else heard.push(...heardTexts(arrived.text));
  }
  return heard;
}

function heardTexts(text: string): Heard[] {
  const frame: { type: string; first: number; messages: { data: string }[] } = JSON.parse(text);
  if (frame.type !== "messages") return [];
  return frame.messages.map(({ data }, i) => ({ seq: frame.first + i, data }));
}

function heardBytes(bytes: Buffer): Heard {
  const decoded = decodeBinary(Uint8Array.from(bytes).buffer);
  if (!decoded.ok) throw new Error(decoded.why);
  const { seq } = decoded.header as { seq: number };
  return { seq, data: Buffer.from(decoded.bytes) };
}

/** What the room tells of itself: who is in it, and how far its log is. */
export async function roomInfo(service: Service, room: string): Promise<{ count: number; seq: number }> {
  const answer = await fetch(`${service.url}/v1/rooms/${encodeURIComponent(room)}`);
  return (await answer.json()) as { count: number; seq: number };
}

/** Waits until this many are in the room. */
export async function countIs(service: Service, room: string, count: number): Promise<void> {
  await eventually(async () => (await roomInfo(service, room)).count === count);
}

export const ON = "the room goes on";

/** The witness sends, and receives what it sent. Returns all that it heard up to then, its own message included. */
export async function goesOn(witness: TestSocket): Promise<Heard[]> {
  witness.send({ type: "publish", id: "on", data: ON });
  const heard: Heard[] = [];
  while (!heard.some(({ data }) => data === ON)) heard.push(...(await hear(witness, 1)));
  return heard;
}
