/** A place in the stream of live frames: all up to `seq` had been sent when `at` bytes had. */
type Mark = { seq: number; at: number };

/** A place is remembered for so many of what clients acknowledge at a time. */
const MARKS_PER_ACK = 16;

/** The room's share of memory for what was sent and not acknowledged, as a multiple of `ackBytes`. */
const BUDGET = 256;

/** What all plain sockets together may be sent without a sign of life, in the same measure. */
const PLAIN_BUDGET = 32;

/** A session's window, in the same measure: so much in a small room, and so much however large it is. */
const WINDOW = { most: 4, least: 2 } as const;

/**
 * How many bytes were sent to all live sessions, and where in that stream a seq is: so that what a session has not
 * acknowledged is one subtraction, and sending costs nothing more per socket. Bytes are UTF-16 code units where they are text.
 * What was sent before a sleep counts as read: the room had nothing to do for seconds then.
 */
export class Flow {
  /** After how many bytes sessions acknowledge. */
  readonly ackBytes: number;
  /** Oldest first, over a little more than a window. */
  #marks: Mark[] = [];
  #sent = 0;

  constructor(ackBytes: number) {
    this.ackBytes = ackBytes;
  }

  /** One of the same measure, in which nothing was sent yet. */
  again(): Flow {
    return new Flow(this.ackBytes);
  }

  /** Bytes that were sent to everyone who was live all the time. */
  get sent(): number {
    return this.#sent;
  }

  /** What a session may be sent and not have acknowledged, in a room of so many. */
  window(sessions: number): number {
    const share = BUDGET / Math.max(1, sessions);
    return this.ackBytes * Math.min(WINDOW.most, Math.max(WINDOW.least, share));
  }

  /** What one of so many plain sockets may be sent without a sign of life. */
  plainWindow(plain: number): number {
    return this.ackBytes * Math.max(WINDOW.most, PLAIN_BUDGET / Math.max(1, plain));
  }

  /** A frame went out that ends with `seq`. */
  passed(seq: number, size: number): void {
    this.#sent += size;
    const newest = this.#marks.at(-1);
    if (newest !== undefined && this.#sent - newest.at < this.ackBytes / MARKS_PER_ACK) return;
    this.#marks.push({ seq, at: this.#sent });
    while ((this.#marks[0]?.at ?? this.#sent) < this.#sent - this.ackBytes * (WINDOW.most + 1)) {
      this.#marks.shift();
    }
  }

  /** How many bytes had surely been sent up to a seq; undefined where that is too long ago to know. */
  at(seq: number): number | undefined {
    return this.#marks.findLast((mark) => mark.seq <= seq)?.at;
  }

  /** What a client that has read all up to a seq has acknowledged at the least; 0 where that is too long ago to know. */
  owedBy(seq: number): number {
    const end = (this.at(seq) ?? 0) - this.ackBytes;
    return this.#marks.findLast((mark) => mark.at <= end)?.seq ?? 0;
  }
}
