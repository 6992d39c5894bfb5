import type { Session } from "../audience/session.ts";
import { encodeMessage } from "../log/segment.ts";
import type { Message } from "../protocol/down.ts";
import type { Poster } from "./poster.ts";

/** Who published a message, and is told what became of it. */
export type Publisher = Session | Poster;

/** A message that has been let in and waits for its number. */
export type Pending = TextPending | BinaryPending;

export type TextPending = Common & {
  /** The message as the `messages` frame holds it. */
  encoded: string;
  readonly data: unknown;
  /** Code units that must share a row: of a batch, those of all for its first message, and none for the others. */
  span?: number;
  bytes?: never;
};

export type BinaryPending = Common & { bytes: Uint8Array };

type Common = {
  by: Publisher;
  id: string;
  /** Those who published the same id while it was pending: each is told its seq. */
  again?: Publisher[];
};

export function textPending(by: Publisher, id: string, data: unknown): TextPending {
  const message: Message = { id, from: by.member, name: by.name, data };
  return { by, id, encoded: encodeMessage(message), data };
}

/** A message whose data comes as JSON text. It is parsed only where somebody asks, which is where there is a plain socket. */
export function jsonPending(by: Publisher, id: string, json: string): TextPending {
  const envelope = JSON.stringify({ id, from: by.member, name: by.name });
  return {
    by,
    id,
    encoded: `${envelope.slice(0, -1)},"data":${json}}`,
    get data(): unknown {
      return JSON.parse(json);
    },
  };
}
