import type { Reaction } from "../frames.ts";
import type { RoomMessage } from "../message.ts";

/** A message as a view shows it. An item is never changed: a change replaces it. A deleted message has neither `data` nor `bytes`. */
export type TimelineItem<Message = unknown> = {
  /** Identifies the item in a list. It stays the same when a pending message settles. */
  readonly key: string;
  readonly id: string;
  /** Undefined until the message is on disk. */
  readonly seq?: number;
  /** When the server stored it, by its clock: milliseconds. */
  readonly at?: number;
  readonly from: string;
  readonly name: string;
  readonly data?: Message;
  readonly bytes?: Uint8Array;
  /** `sending`: this client has published it and waits for the server. `failed`: see `error`, `retry()` and `discard()`. */
  readonly status: "sending" | "sent" | "failed";
  readonly error?: Error;
  /** When it was edited last: milliseconds. */
  readonly edited?: number;
  readonly deleted?: boolean;
  /** The reactions by key. */
  readonly reactions?: Readonly<Record<string, Reaction>>;
  /** The seq of the last operation on the message. */
  readonly version?: number;
  /** The text of the message is still being written, or ended before it was whole. */
  readonly stream?: "open" | "incomplete" | undefined;
};

/** An item with a place in the log. */
export type SentItem<Message = unknown> = TimelineItem<Message> & { readonly seq: number };

/** The item of a message in its current form. @param self the id of this member */
export function itemOf<Message>(message: RoomMessage<Message>, key: string, self: string): SentItem<Message> {
  const { seq, at, id, from, name, data, bytes, edited, deleted, reactions, version, stream } = message;
  const base = { key, id, seq, at, from, name, status: "sent" as const, ...(version && { version }) };
  if (deleted) return { ...base, deleted };
  return {
    ...base,
    ...(bytes ? { bytes } : { data: data as Message }),
    ...(edited && { edited }),
    ...(stream && { stream }),
    ...(reactions && { reactions: withMine(reactions, self) }),
  };
}

/** A frame that all members share cannot say which reactions are this member's own. */
function withMine(reactions: Record<string, Reaction>, self: string): Record<string, Reaction> {
  const entries = Object.entries(reactions).map(([key, reaction]) => {
    const mine = reaction.mine ?? reaction.members.includes(self);
    return [key, { ...reaction, mine }];
  });
  return Object.fromEntries(entries);
}
