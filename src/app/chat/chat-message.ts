import type { TimelineItem } from "../../client/core.ts";
import { decodeFile, type FileEnvelope } from "../files/file-envelope.ts";
import { parseReply, type Reply } from "./reply.ts";

/** The data of a text message that this page publishes. Other clients may publish anything. */
export type TextData = { text: string; reply?: Reply; mentions?: readonly string[] };

/** The content of a message: text, a file in it or in the file store, bytes in an unknown format, or nothing where it was deleted. */
export type MessageContent =
  | { kind: "text"; text: string }
  | { kind: "file"; file: FileEnvelope }
  | { kind: "stored"; text: string | undefined; file: { name: string }; data: object }
  | { kind: "bytes"; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "deleted" };

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
  isEdited: boolean;
  /** The message that this one answers. */
  reply?: Reply | undefined;
  /** The reactions by key. */
  reactions?: TimelineItem["reactions"];
  /** The data as it was sent; undefined for bytes. */
  data?: unknown;
};

/** An item of the timeline never changes, so neither does its message. */
const chatMessages = new WeakMap<TimelineItem, ChatMessage>();

/** The message of an item; undefined for one that the room does not have yet. */
export function toChatMessage(item: TimelineItem): ChatMessage | undefined {
  const { id, seq, at, from, name, edited, data, reactions } = item;
  const known = chatMessages.get(item);
  if (known !== undefined || seq === undefined || at === undefined) return known;
  const content = contentOf(item);
  const reply = parseReply((data as { reply?: unknown } | null | undefined)?.reply);
  const message = {
    id,
    seq,
    at,
    from,
    name,
    content,
    isEdited: edited !== undefined,
    reply,
    reactions,
    data,
  };
  chatMessages.set(item, message);
  return message;
}

type Content = { deleted?: boolean | undefined; bytes?: Uint8Array | undefined; data?: unknown };

/** The content of a message in its current form. */
export function contentOf({ deleted, bytes, data }: Content): MessageContent {
  if (deleted) return { kind: "deleted" };
  return bytes === undefined ? contentOfData(data) : contentOfBytes(bytes);
}

/** Plain sockets publish strings. Other JSON is shown as JSON. */
export function contentOfData(data: unknown): MessageContent {
  if (typeof data === "string") return { kind: "text", text: data };
  const { text, file } = Object(data);
  const ownText = typeof text === "string" ? text : undefined;
  if (typeof file?.name === "string")
    return { kind: "stored", text: ownText || undefined, file, data: data as object };
  if (ownText !== undefined) return { kind: "text", text: ownText };
  return { kind: "text", text: JSON.stringify(data) };
}

export function contentOfBytes(bytes: Uint8Array): MessageContent {
  const file = decodeFile(bytes);
  return file === undefined ? { kind: "bytes", bytes: bytes.slice() } : { kind: "file", file };
}

/** A message in words, for announcements to screen readers. */
export function summaryOf(content: MessageContent): string {
  if (content.kind === "text") return content.text;
  if (content.kind === "bytes") return `${content.bytes.length} B`;
  if (content.kind === "deleted") return "";
  const { name } = content.file;
  return "text" in content && content.text !== undefined ? `${content.text} (${name})` : name;
}

/** The text that an edit replaces. Undefined for files without a text, and for JSON of other clients. */
export function editableText({ content, data }: ChatMessage): string | undefined {
  if (!("text" in content)) return undefined;
  const text = typeof data === "string" ? data : (data as Partial<TextData> | null)?.text;
  return text === content.text ? text : undefined;
}

/** The data of a message with another text, and the members that it mentions. Fields of other clients stay. */
export function withText(data: unknown, text: string, mentions: readonly string[] = []): unknown {
  if (typeof data === "string" && mentions.length === 0) return text;
  const { mentions: _, ...rest } = (typeof data === "string" ? {} : (data ?? {})) as { mentions?: unknown };
  return { ...rest, text, ...(mentions.length > 0 && { mentions }) };
}
