import type { Session } from "../audience/session.ts";
import { encodeMessage } from "../log/segment.ts";
import type { Message } from "../protocol/down.ts";

/** A message that has been let in and waits for its number. */
export type Pending = TextPending | BinaryPending;

export type TextPending = Common & {
  /** The message as the `messages` frame holds it. */
  encoded: string;
  data: unknown;
  bytes?: never;
};

export type BinaryPending = Common & { bytes: Uint8Array };

type Common = {
  session: Session;
  id: string;
  /** Sessions that published the same id while it was pending: each is told its seq. */
  again?: Session[];
};

export function textPending(session: Session, id: string, data: unknown): TextPending {
  const message: Message = { id, from: session.member, name: session.name, data };
  return { session, id, encoded: encodeMessage(message), data };
}
