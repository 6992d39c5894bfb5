import { daysBetween } from "../format/clock.ts";
import type { Message } from "./message.ts";

/** A run of messages that is rendered, skipped and kept as one: what does not change in it costs nothing. */
export type Chunk = { key: number; messages: readonly Message[]; before: Message | undefined };

const SIZE = 40;

/** Cut by seq, so that older messages do not move the cuts. A chunk that is as it was is the same object as before. */
export function chunksOf(messages: readonly Message[], previous: readonly Chunk[]): readonly Chunk[] {
  const known = new Map(previous.map((chunk) => [chunk.key, chunk]));
  const chunks: Chunk[] = [];
  for (let start = 0; start < messages.length; ) {
    const key = keyOf(messages[start]);
    let end = start + 1;
    while (end < messages.length && keyOf(messages[end]) === key) end++;
    const before = messages[start - 1];
    const old = known.get(key);
    const isSame =
      old?.before === before &&
      old?.messages.length === end - start &&
      old.messages[0] === messages[start] &&
      old.messages.at(-1) === messages[end - 1];
    chunks.push(isSame && old !== undefined ? old : { key, before, messages: messages.slice(start, end) });
    start = end;
  }
  return chunks;
}

function keyOf(message: Message | undefined): number {
  return Math.floor((message?.seq ?? 0) / SIZE);
}

const GROUP_MS = 5 * 60_000;

type Placed = Pick<Message, "from" | "name" | "at" | "gap">;

/** Whether a message begins another day than the one before it. */
export function startsDay(message: Placed, before: Placed | undefined): boolean {
  return before === undefined || daysBetween(before.at, message.at) !== 0;
}

/** Whether a message stands under the name that is already there. */
export function continues(message: Placed, before: Placed | undefined): boolean {
  return (
    before !== undefined &&
    before.from === message.from &&
    before.name === message.name &&
    message.at - before.at < GROUP_MS &&
    message.gap !== true &&
    !startsDay(message, before)
  );
}
