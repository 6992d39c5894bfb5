import type { Mode } from "../../rpc/admission.ts";
import type { Flow, FlowState } from "./flow.ts";

/** What all sockets of a room together may have unread. Native memory holds each byte about twice. */
const ROOM_UNREAD_BYTES = 32 * 1024 * 1024;

/** However many sockets there are, each may be sent this much before it shows that it reads. */
const LEAST_WINDOW_BYTES = 32 * 1024;

/** A session is asked to acknowledge no more often than after this many bytes. */
const LEAST_ACK_BYTES = LEAST_WINDOW_BYTES / 2;

/** A session of a large room is asked to acknowledge after this part of its share of the budget. */
const ACK_PART = 8;

/** The most that a session may have unread, as a multiple of `ACK_BYTES`; for a plain socket, which cannot acknowledge, more. */
const WINDOW = { v1: 4, plain: 32 } as const;

/**
 * A session may have unread this part of what is left of the room's budget: so however many do not read, the budget is never used
 * up, and as long as all read, each may be sent much (Choudhury and Hahne, "Dynamic queue length thresholds", 1998).
 */
const REST_PART = 4;

/** A mark goes out after this part of the window, so that its answer is back before the window is full. */
const MARK_PART = 2;

/** For each byte that a session proved to have read, it may have so many more unread, which do not count against the room. */
const EARNED_TIMES = 4;

/** What all `dormouse.v1` sockets of a room may have acknowledged without proof, and all plain ones. */
export const ROOM_UNPROVEN_BYTES = 64 * 1024 * 1024;

/** Each session may acknowledge this much without proof, as a multiple of `ACK_BYTES`: some seconds of a busy room. */
const UNPROVED_ACKS = 2;

/** What was acknowledged without proof counts less as time goes by: after so many milliseconds, about a third as much. */
const UNPROVED_MS = 5 * 60_000;

/**
 * The room's memory for what its sockets have not read: how much each may be sent, and whether too much of it was
 * acknowledged without proof. A proof is a mark that came back, since only that session was sent it. A bare `received`, or a sign
 * of life of a plain socket, proves nothing: a peer can send those without reading.
 */
export class UnreadBudget {
  readonly #ackBytes: number;
  /** What counts of all sessions together, and of sockets that were closed and are not gone yet. */
  #counted = 0;
  #sockets = 0;
  readonly #unproved = { v1: { size: 0, at: 0 }, plain: { size: 0, at: 0 } };

  /** @param ackBytes the setting: after how many bytes a session of a small room acknowledges */
  constructor(ackBytes: number) {
    this.#ackBytes = ackBytes;
  }

  /** Whether most of the room's budget is used. */
  get isScarce(): boolean {
    return this.#counted > ROOM_UNREAD_BYTES / 2;
  }

  /** A socket is there, with what it has unread from before a sleep. */
  add(flow: Flow): void {
    this.#sockets++;
    this.#counted += flow.charged;
  }

  /** A session was closed: nothing that it says counts any more. */
  onClosed(flow: Flow): void {
    this.#forget(flow, Date.now());
  }

  /** A socket is gone, and so is what it had unread. */
  remove(flow: Flow): void {
    this.#sockets--;
    this.#counted -= flow.charged;
    this.#forget(flow, Date.now());
  }

  /** For a session that comes in now. One that acknowledges without proof may have twice what it acknowledges at a time. */
  flowStateFor(mode: Mode, returnsMarks: boolean, maxWindow?: number): FlowState {
    const share = ROOM_UNREAD_BYTES / ACK_PART / (this.#sockets + 1);
    const ackBytes = Math.min(this.#ackBytes, Math.max(LEAST_ACK_BYTES, Math.floor(share)));
    const isTrusting = mode === "v1" && !returnsMarks;
    return { ackBytes, minWindow: isTrusting ? 2 * ackBytes : LEAST_WINDOW_BYTES, maxWindow };
  }

  /** The most that a session may have unread. */
  window(flow: Flow): number {
    const most = Math.min(flow.maxWindow, this.#ackBytes * WINDOW[flow.mode]);
    const rest = Math.max(0, ROOM_UNREAD_BYTES - this.#counted) / REST_PART;
    return Math.min(most, Math.max(flow.minWindow + flow.credit, rest));
  }

  /** What a plain socket is sent of a replay before the next sign of life. */
  replayWindow(flow: Flow): number {
    return Math.min(this.#ackBytes * WINDOW.v1, this.window(flow));
  }

  /** Whether a session may be sent something. The last frame may go beyond the window. */
  hasRoom(flow: Flow): boolean {
    return flow.unread <= this.window(flow);
  }

  /** Something was sent. */
  onSent(flow: Flow, size: number): void {
    const before = flow.charged;
    flow.unread += size;
    flow.sentSinceMark += size;
    flow.isAckExpected = true;
    this.#counted += flow.charged - before;
  }

  /** Whether it is time to ask a session for a proof. One mark is on its way at a time. */
  wantsMark(flow: Flow): boolean {
    return flow.mark === undefined && flow.unread * MARK_PART >= this.window(flow);
  }

  /** A mark came back. All that was sent before it has been read. */
  onMark(flow: Flow): void {
    this.#forget(flow, Date.now());
    const read = flow.unread - flow.sentSinceMark;
    this.#settle(flow, flow.sentSinceMark);
    flow.mark = undefined;
    const earned = Math.min(this.#ackBytes * WINDOW.v1, flow.credit + read * EARNED_TIMES);
    this.#counted -= flow.charged;
    flow.credit = earned;
    this.#counted += flow.charged;
  }

  /** A session says that no more than `unread` is left of what it was sent. */
  onAcknowledged(flow: Flow, unread: number, now: number): void {
    if (unread >= flow.unread) return;
    const read = flow.unread - unread;
    this.#settle(flow, unread);
    flow.unproven = this.#decayed(flow.unproven, flow.unprovenAt, now) + read;
    flow.unprovenAt = now;
    this.#addUnproved(flow.mode, read, now);
  }

  /** Whether the room's sockets of this kind have acknowledged more without proof than they may together. */
  isOverUnproven(mode: Mode, now: number): boolean {
    const { size, at } = this.#unproved[mode];
    return this.#decayed(size, at, now) > ROOM_UNPROVEN_BYTES;
  }

  /** A session may acknowledge this much without proof, however much others did. */
  get unprovenAllowance(): number {
    return this.#ackBytes * UNPROVED_ACKS;
  }

  /** What a session acknowledged without proof, as it counts now. */
  unprovenOf(flow: Flow, now: number): number {
    return this.#decayed(flow.unproven, flow.unprovenAt, now);
  }

  #settle(flow: Flow, unread: number): void {
    const before = flow.charged;
    flow.unread = unread;
    flow.unreadAnswers = Math.min(flow.unreadAnswers, unread);
    flow.sentSinceMark = Math.min(flow.sentSinceMark, unread);
    this.#counted += flow.charged - before;
  }

  #forget(flow: Flow, now: number): void {
    this.#addUnproved(flow.mode, -this.unprovenOf(flow, now), now);
    flow.unproven = 0;
  }

  #addUnproved(mode: Mode, size: number, now: number): void {
    const unproved = this.#unproved[mode];
    unproved.size = Math.max(0, this.#decayed(unproved.size, unproved.at, now) + size);
    unproved.at = now;
  }

  #decayed(size: number, at: number, now: number): number {
    return size * Math.exp(Math.min(0, at - now) / UNPROVED_MS);
  }
}
