import type { Mode } from "../../rpc/admission.ts";

/**
 * What one session was sent and has not shown to have read. A server cannot see what its peer reads, and what is not read lies
 * in the object's memory. Sizes are bytes, or UTF-16 code units of text.
 */
export class Flow {
  /** Sent, and not acknowledged in any way. */
  unread: number;
  /** Of that, answers that the session asked for. */
  unreadAnswers = 0;
  /** Whether anything was sent since the session last acknowledged. */
  isAckExpected = false;
  /** The text that proves reading once the peer returns it, while it is on its way; and what was sent after it. */
  mark: string | undefined;
  sentSinceMark = 0;
  /** Of what is unread, so much does not count against the room: the session has proved to read many times as much. */
  credit: number;
  /** Acknowledged without proof since the last proof, and when that was last counted: milliseconds. */
  unproven = 0;
  unprovenAt = 0;
  /** Bytes that the session itself sent, in this life of the object. */
  receivedBytes = 0;
  /** The size after which this session is asked to acknowledge. */
  readonly ackBytes: number;
  /** However full the room is, it may have so much unread. */
  readonly minWindow: number;
  /** A plain socket can neither acknowledge nor return marks. */
  readonly mode: Mode;
  /** The most that it may have unread, where whoever opened it asked for less than usual. */
  readonly maxWindow: number;

  constructor(
    mode: Mode,
    { ackBytes, minWindow, maxWindow = Number.POSITIVE_INFINITY, unread = 0, credit = 0, mark }: FlowState,
  ) {
    this.mode = mode;
    this.ackBytes = ackBytes;
    this.minWindow = minWindow;
    this.maxWindow = maxWindow;
    this.unread = unread;
    this.credit = credit;
    this.mark = mark;
  }

  /** What counts against the room's budget. */
  get charged(): number {
    return Math.max(0, this.unread - this.credit);
  }
}

/** What of it survives hibernation. */
export type FlowState = {
  ackBytes: number;
  minWindow: number;
  maxWindow?: number | undefined;
  unread?: number | undefined;
  credit?: number | undefined;
  mark?: string | undefined;
};
