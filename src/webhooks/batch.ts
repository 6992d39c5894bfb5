import type { HistoryMessage } from "../protocol/down.ts";
import { utf8Length } from "../protocol/text.ts";
import type { RoomEvent, WebhookBody } from "../protocol/webhook.ts";
import type { QueuedRow } from "./queue.ts";

/** What one delivery holds at most; a single part passes, whatever its size. `bytes`: of the events as JSON. */
export const BATCH = { events: 1000, rows: 50, bytes: 256 * 1024 } as const;

/** What is told together or not at all: a message, or a row of who came and went. */
type Part = { seq: number; events: readonly RoomEvent[]; row?: number };

/**
 * What is there to be told, oldest first. `…End`: up to where that is known; what lies beyond may have been cut off.
 * `isAll`: nothing was.
 */
export type Backlog = {
  epoch: string;
  messages: readonly HistoryMessage[];
  messagesEnd: number;
  rows: readonly QueuedRow[];
  rowsEnd: number;
  isAll: boolean;
};

/** Parts of a delivery, in their order, and their events as JSON. `row`: the last one; `seq`: that of the last message. */
export type Batch = {
  parts: number;
  messages: number;
  row: number;
  seq: number | undefined;
  events: readonly string[];
  bytes: number;
  /** Whether this is all that waits. */
  isAll: boolean;
};

/** As much as fits of what waits, in the order of time. */
export function batchOf(waiting: Backlog, most: { events: number; bytes: number }): Batch {
  const batch = { parts: 0, messages: 0, row: 0, seq: undefined as number | undefined, bytes: 0 };
  const events: string[] = [];
  for (const part of partsOf(waiting)) {
    const texts = part.events.map((event) => JSON.stringify(event));
    const bytes = texts.reduce((sum, text) => sum + utf8Length(text) + 1, 0);
    const isFull = events.length + texts.length > most.events || batch.bytes + bytes > most.bytes;
    if (batch.parts > 0 && isFull) break;
    events.push(...texts);
    batch.parts++;
    batch.bytes += bytes;
    if (part.row !== undefined) batch.row = part.row;
    else {
      batch.messages++;
      batch.seq = part.seq;
    }
  }
  const isAll = batch.parts === waiting.messages.length + waiting.rows.length && waiting.isAll;
  return { ...batch, events, isAll };
}

export function bodyOf(head: Omit<WebhookBody, "events">, events: readonly string[]): string {
  return `${JSON.stringify(head).slice(0, -1)},"events":[${events.join(",")}]}`;
}

/** Where only a part of one kind is known, nothing of the other kind goes ahead of the rest. */
function partsOf({ epoch, messages, messagesEnd, rows, rowsEnd }: Backlog): Part[] {
  const published = messages
    .filter(({ seq }) => seq <= rowsEnd)
    .map((message): Part => ({ seq: message.seq, events: [messageEvent(epoch, message)] }));
  const moves = rows
    .filter(({ seq }) => seq <= messagesEnd)
    .map(({ id, seq, events }): Part => ({ seq, events, row: id }));
  // Sorting is stable: what came after a message follows it.
  return [...published, ...moves].toSorted((a, b) => a.seq - b.seq);
}

function messageEvent(epoch: string, message: HistoryMessage): RoomEvent {
  return { id: `${epoch}.${message.seq}`, at: message.at, type: "message.published", message };
}
