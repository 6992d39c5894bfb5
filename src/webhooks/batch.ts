import type { LogMessage } from "../protocol/down.ts";
import type { OperationName } from "../protocol/operations.ts";
import { utf8Length } from "../protocol/text.ts";
import type { RoomEvent, WebhookBody } from "../protocol/webhook.ts";
import type { Backlog } from "./backlog.ts";

/** The limits of a batch. `bytes`: of the events as JSON. */
export type BatchLimits = { events: number; bytes: number };

/**
 * Events that are delivered together or not at all: a message, appends that the log joined, or a row of joins and leaves. A message whose
 * event the webhook does not receive has no events. `messages`: how many it holds.
 */
type Item = { seq: number; events: readonly RoomEvent[]; messages: number; row?: number };

/**
 * The content of one delivery, oldest first. `items`, `messages`: how many it has; `events`: each as JSON; `row`: the id of its last row,
 * 0 if it has none; `seq`: of its last message.
 */
export type Batch = {
  items: number;
  messages: number;
  row: number;
  seq: number | undefined;
  events: readonly string[];
  bytes: number;
  /** Whether nothing else is pending. */
  isComplete: boolean;
};

/**
 * Takes as much of the backlog as the limits allow, oldest first. A single item passes, whatever its size.
 * @param types the events that the webhook receives
 */
export function createBatch(
  backlog: Backlog,
  limits: BatchLimits,
  types: ReadonlySet<RoomEvent["type"]>,
): Batch {
  const batch = { items: 0, messages: 0, row: 0, seq: undefined as number | undefined, bytes: 0 };
  const events: string[] = [];
  let rows = 0;
  for (const item of inOrder(backlog, types)) {
    const encoded = item.events.map((event) => JSON.stringify(event));
    const bytes = encoded.reduce((sum, json) => sum + utf8Length(json) + 1, 0);
    const isFull = events.length + encoded.length > limits.events || batch.bytes + bytes > limits.bytes;
    if (batch.items > 0 && isFull) break;
    events.push(...encoded);
    batch.items++;
    batch.bytes += bytes;
    if (item.row === undefined) {
      batch.messages += item.messages;
      batch.seq = item.seq;
    } else {
      rows++;
      batch.row = item.row;
    }
  }
  const isAll = batch.messages === backlog.messages.length && rows === backlog.rows.length;
  return { ...batch, events, isComplete: isAll && backlog.isComplete };
}

/** The body of a delivery as JSON. @param events as JSON */
export function encodeBody(fields: Omit<WebhookBody, "events">, events: readonly string[]): string {
  return `${JSON.stringify(fields).slice(0, -1)},"events":[${events.join(",")}]}`;
}

/** Leaves out what lies beyond the known part of the other kind: an older event may be missing there. */
function inOrder(
  { epoch, messages, within, messagesThrough, rows, rowsThrough }: Backlog,
  types: ReadonlySet<RoomEvent["type"]>,
): Item[] {
  const published: Item[] = [];
  let events: RoomEvent[] = [];
  let count = 0;
  for (const message of messages) {
    const { seq } = message;
    const event = messageEvent(epoch, message);
    if (types.has(event.type)) events.push(event);
    count++;
    if (within.has(seq)) continue;
    if (seq <= rowsThrough) published.push({ seq, events, messages: count });
    events = [];
    count = 0;
  }
  const recorded = rows
    .filter(({ seq }) => seq <= messagesThrough)
    .map(({ id, seq, events }): Item => ({ seq, events, messages: 0, row: id }));
  // The sort is stable, so a row follows the message after which it was recorded.
  return [...published, ...recorded].toSorted((a, b) => a.seq - b.seq);
}

const TYPES = {
  edit: "message.updated",
  append: "message.updated",
  delete: "message.deleted",
  react: "message.reacted",
  unreact: "message.reacted",
} as const satisfies Record<OperationName, RoomEvent["type"]>;

function messageEvent(epoch: string, message: LogMessage): RoomEvent {
  const about = { id: `${epoch}.${message.seq}`, at: message.at };
  const { op, target } = message;
  if (op === undefined || target === undefined) return { ...about, type: "message.published", message };
  return { ...about, type: TYPES[op], operation: { ...message, op, target } };
}
