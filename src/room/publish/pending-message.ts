import type { Publisher } from "./publisher.ts";

/** A message that was accepted and has no seq yet. */
export type PendingMessage = PendingText | PendingBinary;

export type PendingText = Common & {
  /** The message as it stands in a `messages` frame. */
  encoded: string;
  readonly data: unknown;
  /**
   * UTF-16 code units that must fit into the current row for this message to join it. The first message of a batch has those of the
   * whole batch, and the others 0, so that a batch shares a row. Absent: those of the message itself.
   */
  rowChars?: number;
  bytes?: never;
};

export type PendingBinary = Common & { bytes: Uint8Array };

type Common = {
  by: Publisher;
  id: string;
  /** Publishers who repeated the id while the message was pending. Each receives its seq. */
  again?: Publisher[];
};

/**
 * A pending message whose data is JSON text already.
 * @param data the parsed data, where it is known; else it is parsed when it is first read, which only a plain socket causes
 */
export function pendingText(by: Publisher, id: string, json: string, data?: unknown): PendingText {
  const envelope = JSON.stringify({ id, from: by.member, name: by.name });
  return {
    by,
    id,
    encoded: `${envelope.slice(0, -1)},"data":${json}}`,
    get data(): unknown {
      return data === undefined ? JSON.parse(json) : data;
    },
  };
}
