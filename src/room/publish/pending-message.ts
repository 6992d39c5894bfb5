import type { Session } from "../sessions/session.ts";
import type { PendingPost } from "./pending-post.ts";

/** Who published a message, and is told what became of it. */
export type Publisher = Session | PendingPost;

/** A message that has been let in and waits for its number. */
export type PendingMessage = PendingText | PendingBinary;

export type PendingText = Common & {
  /** The message as the `messages` frame holds it. */
  encoded: string;
  readonly data: unknown;
  /** Code units that must share a row: of a batch, those of all for its first message, and none for the others. */
  rowChars?: number;
  bytes?: never;
};

export type PendingBinary = Common & { bytes: Uint8Array };

type Common = {
  by: Publisher;
  id: string;
  /** Those who published the same id while it was pending: each is told its seq. */
  again?: Publisher[];
};

/**
 * A message whose data comes as JSON text, which is known to fit and is not encoded again.
 * @param data the same, where it is parsed already; else it is parsed where somebody asks, which is where there is a plain socket
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
