/** The delay before a retry doubles with each failure between these bounds, in milliseconds. */
const BACKOFF_MS = { min: 5000, max: 3_600_000 } as const;

/** Up to this fraction of the delay is added at random, so that rooms do not retry at the same moment. */
const JITTER = 0.25;

/**
 * How long to wait before the next attempt.
 * @param failures attempts that failed in a row before the latest one
 * @param retryAfterMs the delay that the receiver asked for; 0 if it did not ask
 * @returns milliseconds
 */
export function retryDelay(failures: number, retryAfterMs: number): number {
  const backoff = Math.min(BACKOFF_MS.max, BACKOFF_MS.min * 2 ** failures) * (1 + Math.random() * JITTER);
  return Math.max(backoff, Math.min(BACKOFF_MS.max, retryAfterMs));
}

/**
 * Parses `Retry-After`: a number of seconds, or a date (RFC 9110, section 10.2.3).
 * @returns milliseconds from `now`; 0 if the header is absent, malformed or in the past
 */
export function parseRetryAfter(header: string | null, now: number): number {
  if (header === null) return 0;
  const delay = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(delay) ? 0 : Math.max(0, delay);
}
