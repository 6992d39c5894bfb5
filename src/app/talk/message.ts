import type { RoomMessage } from "../../client/index.ts";
import { type Envelope, unpack } from "../file/envelope.ts";

/** What this page sends as text. Others may send anything: a plain socket sends strings. */
export type Said = { text: string };

export type Body =
  | { kind: "text"; text: string }
  | { kind: "file"; file: Envelope }
  | { kind: "bytes"; bytes: Uint8Array<ArrayBuffer> };

/** A message as this page shows it. */
export type Message = {
  id: string;
  seq: number;
  /** Milliseconds, by the server's clock. */
  at: number;
  from: string;
  name: string;
  body: Body;
  /** What came before it is not known. */
  gap?: boolean;
};

export function messageOf(message: RoomMessage<unknown>): Message {
  const { id, seq, at, from, name, bytes, data } = message;
  return { id, seq, at, from, name, body: bytes === undefined ? bodyOfData(data) : bodyOfBytes(bytes) };
}

function bodyOfData(data: unknown): Body {
  if (typeof data === "string") return { kind: "text", text: data };
  if (typeof data === "object" && data !== null && "text" in data && typeof data.text === "string")
    return { kind: "text", text: data.text };
  return { kind: "text", text: JSON.stringify(data) };
}

export function bodyOfBytes(bytes: Uint8Array): Body {
  const file = unpack(bytes);
  return file === undefined ? { kind: "bytes", bytes: bytes.slice() } : { kind: "file", file };
}

/** One message for an announcement: what it says, or what it is. */
export function summaryOf(body: Body): string {
  if (body.kind === "text") return body.text;
  return body.kind === "file" ? body.file.name : `${body.bytes.length} B`;
}
