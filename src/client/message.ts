import { splitBinary } from "../protocol/binary.ts";
import type { BinaryHeader, HistoryMessage, MessageExtras, MessagesFrame } from "./frames.ts";

/**
 * A message, live or from a page of history. A binary message has `bytes` in place of `data`. `at` is in milliseconds, by the
 * server's clock. A message with `op` is an operation on the message `target`.
 */
export type RoomMessage<Message = unknown> = MessageExtras & {
  seq: number;
  at: number;
  id: string;
  from: string;
  name: string;
} & ({ data: Message; bytes?: never } | { bytes: Uint8Array; data?: never });

export function decodeMessages<Message>({ first, at, messages }: MessagesFrame): RoomMessage<Message>[] {
  return messages.map((message, i) => ({ seq: first + i, at, ...message }) as RoomMessage<Message>);
}

/** @throws where the frame is not a binary message */
export function decodeBinaryMessage(frame: ArrayBuffer): RoomMessage<never> {
  const { header, bytes } = splitBinary(frame);
  const { type: _, ...message } = header as BinaryHeader;
  return { ...message, bytes };
}

/** The bytes of a buffer or a view; undefined for other data. */
export function asBytes(data: unknown): Uint8Array | undefined {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return undefined;
}

/** The size of what a message holds: bytes, or UTF-16 code units of a string or of JSON. */
export function sizeOfMessage({ data, bytes }: { data?: unknown; bytes?: Uint8Array }): number {
  if (bytes) return bytes.length;
  return typeof data === "string" ? data.length : (JSON.stringify(data)?.length ?? 0);
}

export function decodeHistoryMessage<Message>(message: HistoryMessage): RoomMessage<Message> {
  if (!("binary" in message)) return message as RoomMessage<Message>;
  const { binary, ...rest } = message;
  return { ...rest, bytes: Uint8Array.from(atob(binary), (char) => char.charCodeAt(0)) };
}
