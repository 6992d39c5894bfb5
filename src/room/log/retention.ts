/** What a log keeps: `messages`, `bytes` and `days` bound the history, `dedupe` is the number of newest ids that are known. */
export type Retention = { messages: number; bytes: number; days: number; dedupe: number };

/** Where trimming begins for a segment. `ms`: how old it may be. */
export type Bounds = { messages: number; bytes: number; ms: number };

const DAY_MS = 86_400_000;

/** How far beyond its retention a log may go with messages that a webhook has not been told of. */
const UNDELIVERED: Bounds = { messages: 10_000, bytes: 16 * 1024 * 1024, ms: 3_600_000 };

/**
 * The bounds for a segment: those of the retention, or wider ones where the segment is held back.
 * @param last the seq of the segment's last message
 * @param told messages after this seq are held back; undefined where none are
 */
export function boundsFor(
  { messages, bytes, days }: Retention,
  last: number,
  told: number | undefined,
): Bounds {
  const bounds = { messages, bytes, ms: days * DAY_MS };
  if (told === undefined || last <= told) return bounds;
  return {
    messages: bounds.messages + UNDELIVERED.messages,
    bytes: bounds.bytes + UNDELIVERED.bytes,
    ms: bounds.ms + UNDELIVERED.ms,
  };
}
