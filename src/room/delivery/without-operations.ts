import { emptySegment, isOfOperations, type Segment } from "../log/segment.ts";

/** Rows that one frame skips at most, so that a page of a replay reads a bounded part of the log. */
const MAX_SKIPPED = 100;

/**
 * The segments of a replay. Those that hold nothing but operations become one without messages for all that follow each other, because a
 * fresh session gets messages in their current form.
 * @param sent the seq before the first
 * @param until the last seq of which the session gets the current form
 */
export function* withoutOperations(segments: Iterable<Segment>, sent: number, until = 0): Generator<Segment> {
  let [first, last, count] = [sent + 1, sent, 0];
  for (const segment of segments) {
    const isSkipped = segment.last <= until && isOfOperations(segment);
    if (count > 0 && (!isSkipped || count === MAX_SKIPPED)) {
      yield emptySegment(first, last, segment.at);
      [first, count] = [last + 1, 0];
    }
    last = segment.last;
    if (isSkipped) count++;
    else {
      yield segment;
      first = last + 1;
    }
  }
  if (count > 0) yield emptySegment(first, last, Date.now());
}
