import type { Session } from "../audience/session.ts";
import { encodeMessage } from "../log/segment.ts";
import type { Message } from "../protocol/down.ts";

/** A message that has been let in and waits for its number. */
export type Pending = TextPending | BinaryPending;

export type TextPending = {
  session: Session;
  id: string;
  /** The message as the `messages` frame holds it. */
  encoded: string;
  data: unknown;
  bytes?: never;
};

export type BinaryPending = { session: Session; id: string; bytes: Uint8Array };

export function textPending(session: Session, id: string, data: unknown): TextPending {
  const message: Message = { id, from: session.member, name: session.name, data };
  return { session, id, encoded: encodeMessage(message), data };
}
