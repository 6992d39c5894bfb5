/** A message of a page of history. */
type Dated = { seq: number; at: number };
type Page = { messages: readonly Dated[]; more: boolean };

/** So few messages are read at once, rather than bisected further. */
const LAST_PAGE = 128;

/**
 * The first message at or after a time. `isFirst`: the room has none before it. Undefined if all messages are older.
 * @param read reads the messages before a seq (default: the newest), oldest first
 * @example
 * const found = await firstSince(new Date("2026-03-01").getTime(), (query) => room.history(query));
 */
export async function firstSince(
  time: number,
  read: (query: { before?: number; limit: number }) => Promise<Page>,
): Promise<{ seq: number; at: number; isFirst: boolean } | undefined> {
  const [newest] = (await read({ limit: 1 })).messages;
  if (newest === undefined || newest.at < time) return undefined;
  // All messages up to `low` are older, and `found` is not. Operations take seqs, too, so not every seq is a message.
  let found = newest;
  let low = 0;
  let isFirst = true;
  while (found.seq - low > LAST_PAGE) {
    const before = Math.ceil((low + found.seq) / 2);
    const [message] = (await read({ before, limit: 1 })).messages;
    if (message !== undefined && message.at >= time) found = message;
    else {
      isFirst &&= message === undefined;
      low = before - 1;
    }
  }
  for (;;) {
    const page = await read({ before: found.seq, limit: LAST_PAGE });
    const later = page.messages.filter(({ seq, at }) => seq > low && at >= time);
    isFirst &&= later.length === page.messages.length;
    found = later[0] ?? found;
    // A page of large messages is cut short.
    if (later.length < page.messages.length || later.length === 0 || !page.more) return { ...found, isFirst };
  }
}
