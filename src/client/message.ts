import { splitBinary } from "../protocol/binary.ts";
import type { BinaryDown, HistoryMessage, Messages } from "../protocol/down.ts";

/**
 * A message, wherever it comes from: live, or a page of history. A binary message has `bytes` in place of `data`. `at`:
 * milliseconds, the server's clock.
 */
export type RoomMessage<T> = { seq: number; at: number; id: string; from: string; name: string } & (
  | { data: T; bytes?: never }
  | { bytes: Uint8Array; data?: never }
);

export function messagesIn<T>({ first, at, messages }: Messages): RoomMessage<T>[] {
  return messages.map((message, i) => ({ seq: first + i, at, ...message }) as RoomMessage<T>);
}

/** @throws where the frame is none */
export function binaryMessageIn<T>(frame: ArrayBuffer): RoomMessage<T> {
  const { header, bytes } = splitBinary(frame);
  const { type: _, ...message } = header as BinaryDown;
  return { ...message, bytes };
}

/** A message of a page, whose bytes come in base64 (RFC 4648, section 4). */
export function pageMessage<T>(message: HistoryMessage): RoomMessage<T> {
  if (!("binary" in message)) return message as RoomMessage<T>;
  const { binary, ...rest } = message;
  return { ...rest, bytes: Uint8Array.from(atob(binary), (char) => char.charCodeAt(0)) };
}
