import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type LogEntry, type Retention, RoomLog } from "../../../src/room/log/log.ts";
import type { Page } from "../../../src/room/log/pages.ts";
import { encodeMessage, logMessages, type Segment, textSegment } from "../../../src/room/log/segment.ts";

/** Data that encoders often change: keys like numbers or like the prototype, numbers in other notations. */
export const AWKWARD: unknown = JSON.parse('{"__proto__":1,"b":2,"1":[1e21,-0.5,null]}');

/** Bounds that no test reaches by chance. */
export const RETENTION: Retention = { messages: 1000, bytes: 1e9, days: 100_000, dedupe: 1000 };

type Inside = { log: RoomLog; storage: DurableObjectStorage };

/** Runs `callback` with a log in the SQLite of an object: a new one, unless a name is given. */
export function withLog<Result>(
  callback: (inside: Inside) => Result,
  name: string = crypto.randomUUID(),
): Promise<Result> {
  return runInDurableObject(env.ROOMS.getByName(name), (_room, { storage, id }) =>
    callback({ log: new RoomLog(storage, RETENTION, `${id}`), storage }),
  );
}

/** A text segment with one message for each datum. The id of a message is its seq. */
export function segment(first: number, data: readonly unknown[], at = 1000): Segment {
  const messages = data.map((each, i) =>
    encodeMessage({ id: `${first + i}`, from: "guest_a", name: "Ada", data: each }),
  );
  return textSegment(first, at, messages);
}

/** Segments to append, each with the ids of its messages. */
export function entries(...segments: Segment[]): LogEntry[] {
  return segments.map((each) => ({ segment: each, ids: logMessages(each).map(({ id }) => id) }));
}

/** A message of `segment`, as a page holds it. */
export function message(seq: number, data: unknown, at = 1000) {
  return { seq, at, id: `${seq}`, from: "guest_a", name: "Ada", data };
}

/** A page as a caller receives it, parsed from its JSON. */
export function pageBefore(log: RoomLog, before: number, limit: number): Omit<Page, "within"> {
  const range = log.pages.rangeBefore(before, limit);
  return { messages: JSON.parse(log.pages.json(range)), more: range.more };
}
