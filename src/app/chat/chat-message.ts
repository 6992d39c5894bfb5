import type { RoomMessage } from "../../client/core.ts";
import { decodeFile, type FileEnvelope } from "../files/file-envelope.ts";

/** The data of a text message that this page publishes. Other clients may publish anything. */
export type TextData = { text: string };

/** What a message shows: text, a file, or bytes in an unknown format. */
export type MessageContent =
  | { kind: "text"; text: string }
  | { kind: "file"; file: FileEnvelope }
  | { kind: "bytes"; bytes: Uint8Array<ArrayBuffer> };

/** A message as the timeline shows it. */
export type ChatMessage = {
  id: string;
  seq: number;
  /** Milliseconds since the epoch, by the server's clock. */
  at: number;
  /** The author's member id. */
  from: string;
  name: string;
  content: MessageContent;
  /** Messages before this one are missing. */
  isAfterGap?: boolean;
};

export function toChatMessage(message: RoomMessage<unknown>): ChatMessage {
  const { id, seq, at, from, name, bytes, data } = message;
  const content = bytes === undefined ? contentOfData(data) : contentOfBytes(bytes);
  return { id, seq, at, from, name, content };
}

/** Plain sockets publish strings. Other JSON is shown as JSON. */
function contentOfData(data: unknown): MessageContent {
  if (typeof data === "string") return { kind: "text", text: data };
  if (typeof data === "object" && data !== null && "text" in data && typeof data.text === "string")
    return { kind: "text", text: data.text };
  return { kind: "text", text: JSON.stringify(data) };
}

export function contentOfBytes(bytes: Uint8Array): MessageContent {
  const file = decodeFile(bytes);
  return file === undefined ? { kind: "bytes", bytes: bytes.slice() } : { kind: "file", file };
}

/** A message in words, for announcements to screen readers. */
export function summaryOf(content: MessageContent): string {
  if (content.kind === "text") return content.text;
  return content.kind === "file" ? content.file.name : `${content.bytes.length} B`;
}
