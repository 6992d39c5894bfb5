import { type Cursor, formatCursor, parseCursor } from "../../protocol/cursor.ts";
import { mentionsOf } from "../chat/mentions.ts";

/**
 * How much of a room is unread: the messages after `read`, counted up to `seq`. It is a few numbers, however many messages there are.
 * `refused`: the code with which the service last refused this user.
 */
export type RoomCount = {
  epoch: string;
  read: number;
  seq: number;
  unread: number;
  mentions: number;
  refused?: string;
};

type CountedMessage = { seq: number; from: string; op?: unknown; deleted?: unknown; data?: unknown };

export const NOTHING_KNOWN: RoomCount = { epoch: "", read: 0, seq: 0, unread: 0, mentions: 0 };

/** A room in which everything up to a position is read. */
export function allReadAt({ epoch, seq }: Cursor): RoomCount {
  return { epoch, read: seq, seq, unread: 0, mentions: 0 };
}

/** The numbers of a room, from the browser's storage: a count, and the read position, which another tab may have moved since. */
export function shownCount(count: RoomCount | undefined, read: Cursor | undefined): RoomCount | undefined {
  if (count === undefined || read === undefined) return count;
  const isSameLog = count.epoch === read.epoch;
  if (isSameLog && read.seq <= count.read) return count;
  const { refused } = count;
  return { ...allReadAt(read), ...(refused === undefined ? undefined : { refused }) };
}

/**
 * Where counting starts. A count that belongs to the read position continues. Otherwise everything after that position is counted again.
 * Undefined in a room that this browser never read, where nothing is unread.
 */
export function startCount(count: RoomCount | undefined, read: Cursor | undefined): RoomCount | undefined {
  if (read === undefined) return undefined;
  const continues = count?.epoch === read.epoch && count.read === read.seq && count.seq > read.seq;
  if (!continues) return allReadAt(read);
  const { refused: _, ...rest } = count;
  return rest;
}

/** Whether a message counts: it is from another member, is no operation, and was not deleted meanwhile. */
export function isCounted({ from, op, deleted }: CountedMessage, selfId: string): boolean {
  return from !== selfId && op === undefined && deleted === undefined;
}

export function isMention({ data }: { data?: unknown }, selfId: string): boolean {
  return mentionsOf(data).includes(selfId);
}

/** The count after a message. */
export function addMessage(count: RoomCount, message: CountedMessage, selfId: string): RoomCount {
  if (message.seq <= count.seq) return count;
  if (!isCounted(message, selfId)) return { ...count, seq: message.seq };
  const mentions = count.mentions + Number(isMention(message, selfId));
  return { ...count, seq: message.seq, unread: count.unread + 1, mentions };
}

/**
 * The count when a session starts at a cursor. In another log nothing is unread. Of messages that the service does not send again, only the
 * number is known.
 */
export function atCursor(count: RoomCount | undefined, cursor: Cursor): RoomCount {
  if (count?.epoch !== cursor.epoch || cursor.seq < count.seq) return allReadAt(cursor);
  return { ...count, seq: cursor.seq, unread: count.unread + cursor.seq - count.seq };
}

/** Reads what `formatCount` wrote. Undefined for anything else. */
export function parseCount(text: string | undefined): RoomCount | undefined {
  const [position, ...rest] = (text ?? "").split(" ");
  const cursor = parseCursor(position) ?? { epoch: "", seq: 0 };
  const [read, unread, mentions] = rest.slice(0, 3).map(Number);
  if (!isCount(read) || !isCount(unread) || !isCount(mentions)) return undefined;
  const refused = rest[3];
  return { ...cursor, read, unread, mentions, ...(refused && { refused }) };
}

/** `<epoch>.<seq> <read> <unread> <mentions>`, and the code of a refusal. */
export function formatCount({ epoch, seq, read, unread, mentions, refused }: RoomCount): string {
  const parts = [formatCursor(epoch, seq), read, unread, mentions, refused];
  return parts.filter((part) => part !== undefined).join(" ");
}

const isCount = (value: number | undefined): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** A number of messages for a small badge. */
export function shortCount(count: number): string {
  return count > 99 ? "99+" : `${count}`;
}
