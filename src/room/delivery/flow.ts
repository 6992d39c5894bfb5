import type { Mode } from "../../rpc/admission.ts";

/** The part of a flow that outlives hibernation. */
export type FlowState = {
  ackBytes: number;
  minWindow: number;
  maxWindow?: number | undefined;
  unread?: number | undefined;
  credit?: number | undefined;
  mark?: string | undefined;
};

/**
 * The flow control state of one session. A server cannot see what its peer reads, and unread frames stay in the object's memory, so
 * it counts what it sent and what the client acknowledged. Sizes are bytes, or UTF-16 code units of text.
 */
export class Flow {
  readonly mode: Mode;
  /** The client acknowledges after this much. */
  readonly ackBytes: number;
  /** The window never falls below this, however full the room's budget is. */
  readonly minWindow: number;
  /** The window never rises above this, where the session asked for less than usual. */
  readonly maxWindow: number;
  /** Sent, and not acknowledged. */
  unread: number;
  /** The part of `unread` that answers requests of the session. */
  unreadAnswers = 0;
  /** Whether anything was sent since the last acknowledgement. */
  isAckExpected = false;
  /** The newest message that the session acknowledged without a mark, or had when it joined. After a wake, it is not known. */
  ackedSeq: number | undefined;
  /** The mark on its way: a text that proves reading once the client returns it. */
  mark: string | undefined;
  /** Sent after the mark. */
  sentSinceMark = 0;
  /** So much of `unread` is not charged to the room, because the session proved that it reads several times as much. */
  credit: number;
  /** Acknowledged without proof since the last proof, as of `unprovenAt`; it decays. */
  unproven = 0;
  unprovenAt = 0;
  /** Received from the session since the object woke. */
  receivedBytes = 0;
  /** The last activity that was counted as an acknowledgement of a plain socket: milliseconds. */
  countedActivityAt = 0;

  constructor(mode: Mode, state: FlowState) {
    this.mode = mode;
    this.ackBytes = state.ackBytes;
    this.minWindow = state.minWindow;
    this.maxWindow = state.maxWindow ?? Number.POSITIVE_INFINITY;
    this.unread = state.unread ?? 0;
    this.credit = state.credit ?? 0;
    this.mark = state.mark;
  }

  /** The part of `unread` that is charged to the room's budget. */
  get charged(): number {
    return Math.max(0, this.unread - this.credit);
  }
}
