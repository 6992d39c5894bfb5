import type { LogMessage } from "../protocol/down.ts";
import type { RoomLog } from "../room/log/log.ts";
import type { Page } from "../room/log/pages.ts";
import type { QueuedRow, WebhookQueue } from "./queue.ts";

/** How much of the backlog is read at a time: as much as one delivery may hold. `bytes`: of messages. */
export const READ_LIMITS = { messages: 1000, rows: 50, bytes: 256 * 1024 } as const;

/**
 * Pending events, oldest first. The messages include operations on messages. `messagesThrough`, `rowsThrough`: the seq up to which the messages, or the rows, are all here; later
 * ones may exist. `isComplete`: whether nothing else is pending.
 */
export type Backlog = {
  epoch: string;
  messages: readonly LogMessage[];
  /** See `Page`. */
  within: ReadonlySet<number>;
  messagesThrough: number;
  rows: readonly QueuedRow[];
  rowsThrough: number;
  isComplete: boolean;
};

const EVERYTHING = Number.MAX_SAFE_INTEGER;

/** Reads pending events: messages from the log, joins and leaves from the queue. */
export class BacklogReader {
  readonly #log: RoomLog;
  readonly #queue: WebhookQueue;
  readonly #hasMessages: boolean;

  /** @param hasMessages whether the webhook receives messages or operations */
  constructor(log: RoomLog, queue: WebhookQueue, hasMessages: boolean) {
    this.#log = log;
    this.#queue = queue;
    this.#hasMessages = hasMessages;
  }

  /** The backlog after the last message that was delivered. */
  read(): Backlog {
    const { seq } = this.#queue.state;
    const { messages, within, more } = this.#messagesAfter(seq);
    const rows = this.#queue.rows(READ_LIMITS.rows);
    const hasMoreRows = rows.length === READ_LIMITS.rows;
    return {
      epoch: this.#log.epoch,
      messages,
      within,
      messagesThrough: more ? (messages.at(-1)?.seq ?? seq) : EVERYTHING,
      rows,
      rowsThrough: hasMoreRows ? (rows.at(-1)?.seq ?? 0) : EVERYTHING,
      isComplete: !more && !hasMoreRows,
    };
  }

  /** The part of the backlog that an earlier batch held, as far as it still exists. */
  readAgain(batch: { row: number; seq: number }): Backlog {
    const { messages, within } = this.#messagesAfter(this.#queue.state.seq);
    return {
      epoch: this.#log.epoch,
      messages: messages.filter(({ seq }) => seq <= batch.seq),
      within,
      messagesThrough: EVERYTHING,
      rows: this.#queue.rows(READ_LIMITS.rows, { upTo: batch.row }),
      rowsThrough: EVERYTHING,
      isComplete: false,
    };
  }

  #messagesAfter(seq: number): Page {
    if (!this.#hasMessages) return { messages: [], within: new Set(), more: false };
    return this.#log.pages.after(seq, READ_LIMITS.messages, READ_LIMITS.bytes);
  }
}
