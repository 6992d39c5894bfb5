import { splitBinary } from "../protocol/binary.ts";
import type { BinaryDown, Messages } from "../protocol/down.ts";

/** A message as it arrives. A binary message has `bytes` in place of `data`. `at`: milliseconds, the server's clock. */
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
