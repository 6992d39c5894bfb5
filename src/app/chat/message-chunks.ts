import { daysBetween } from "../format/datetime.ts";
import type { ChatMessage } from "./chat-message.ts";

/** A run of messages that the timeline renders as one. An unchanged chunk is not rendered again. */
export type MessageChunk = {
  key: number;
  messages: readonly ChatMessage[];
  /** The message before the chunk. */
  previous: ChatMessage | undefined;
};

const CHUNK_SIZE = 40;

/** Splits messages into chunks by seq, so that older messages do not shift them. Reuses the object of an unchanged chunk. */
export function toChunks(
  messages: readonly ChatMessage[],
  previousChunks: readonly MessageChunk[],
): readonly MessageChunk[] {
  const knownChunks = new Map(previousChunks.map((chunk) => [chunk.key, chunk]));
  const chunks: MessageChunk[] = [];
  for (let start = 0; start < messages.length; ) {
    const key = chunkKey(messages[start]);
    let end = start + 1;
    while (end < messages.length && chunkKey(messages[end]) === key) end++;
    const previous = messages[start - 1];
    const known = knownChunks.get(key);
    const isUnchanged =
      known?.previous === previous &&
      known?.messages.length === end - start &&
      // Any message of a chunk may have been edited.
      known.messages.every((message, i) => message === messages[start + i]);
    chunks.push(
      isUnchanged && known !== undefined ? known : { key, previous, messages: messages.slice(start, end) },
    );
    start = end;
  }
  return chunks;
}

function chunkKey(message: ChatMessage | undefined): number {
  return Math.floor((message?.seq ?? 0) / CHUNK_SIZE);
}

/** Messages of one author within this time form a group. */
const GROUP_MS = 5 * 60_000;

type GroupedMessage = Pick<ChatMessage, "from" | "name" | "at">;

/** Whether a message is the first one of its day. */
export function startsDay(message: GroupedMessage, previous: GroupedMessage | undefined): boolean {
  return previous === undefined || daysBetween(previous.at, message.at) !== 0;
}

/** Whether a message belongs to the group of the message before it, and needs no name of its own. */
export function continuesGroup(message: GroupedMessage, previous: GroupedMessage | undefined): boolean {
  return (
    previous !== undefined &&
    previous.from === message.from &&
    previous.name === message.name &&
    message.at - previous.at < GROUP_MS &&
    !startsDay(message, previous)
  );
}
