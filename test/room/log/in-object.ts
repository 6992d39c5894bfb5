import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type LogEntry, type Retention, RoomLog } from "../../../src/room/log/log.ts";
import type { Page } from "../../../src/room/log/pages.ts";
import { encodeMessage, historyMessages, type Segment, textSegment } from "../../../src/room/log/segment.ts";

/** What is easily lost on the way: keys that look like numbers or like the prototype, numbers in other notations. */
export const AWKWARD: unknown = JSON.parse('{"__proto__":1,"b":2,"1":[1e21,-0.5,null]}');

/** Bounds that no test reaches by chance. */
export const RETENTION: Retention = { messages: 1000, bytes: 1e9, days: 100_000, dedupe: 1000 };

type Inside = { log: RoomLog; storage: DurableObjectStorage };

/** Runs `callback` with a log over the SQLite of an object: a fresh one, unless it is named. */
export function withLog<Result>(
  callback: (inside: Inside) => Result,
  name: string = crypto.randomUUID(),
): Promise<Result> {
  return runInDurableObject(env.ROOMS.getByName(name), (_room, { storage, id }) =>
    callback({ log: new RoomLog(storage, RETENTION, `${id}`), storage }),
  );
}

/** A text segment with one message for each datum; the id of a message is its seq. */
export function segment(first: number, data: readonly unknown[], at = 1000): Segment {
  const messages = data.map((each, i) =>
    encodeMessage({ id: `${first + i}`, from: "guest_a", name: "Ada", data: each }),
  );
  return textSegment(first, at, messages);
}

/** Segments to be stored, each with the ids of its messages. */
export function entries(...segments: Segment[]): LogEntry[] {
  return segments.map((each) => ({ segment: each, ids: historyMessages(each).map(({ id }) => id) }));
}

/** A message as `segment` makes it and `page` gives it. */
export function message(seq: number, data: unknown, at = 1000) {
  return { seq, at, id: `${seq}`, from: "guest_a", name: "Ada", data };
}

/** A page as a caller gets it: the text that is put together from the stored rows. */
export function pageBefore(log: RoomLog, before: number, limit: number): Page {
  const span = log.spanBefore(before, limit);
  return { messages: JSON.parse(log.textOf(span)), more: span.more };
}
