import type { Mode } from "../../rpc/admission.ts";
import type { Flow, FlowState } from "./flow.ts";

/** All sessions of a room together may have this much unread. Native memory holds each byte about twice. */
const ROOM_UNREAD_BYTES = 32 * 1024 * 1024;

/** Each session may be sent this much before it acknowledges anything, however many sessions there are. */
const MIN_WINDOW_BYTES = 32 * 1024;

/** Sessions acknowledge no more often than after this many bytes. */
const MIN_ACK_BYTES = MIN_WINDOW_BYTES / 2;

/** A session of a large room acknowledges after this part of its share of the budget. */
const ACK_PART = 8;

/** The largest window, as a multiple of `ACK_BYTES`. A plain socket cannot acknowledge, so its window is larger. */
const MAX_WINDOW = { v1: 4, plain: 32 } as const;

/**
 * The window of a session is this part of what is left of the room's budget. The budget is then never used up, however many sessions do
 * not read, and windows are large while all of them do (Choudhury and Hahne, "Dynamic queue length thresholds", 1998).
 */
const WINDOW_PART = 4;

/** A mark is sent after this part of the window, so that it returns before the window is full. */
const MARK_PART = 2;

/** For each byte that a session proved to have read, so many unread bytes are not charged to the room. */
const CREDIT_FACTOR = 4;

/** All `dormouse.v1` sessions of a room together may acknowledge this much without proof; all plain sockets, as much again. */
export const ROOM_UNPROVEN_BYTES = 64 * 1024 * 1024;

/** Each session may acknowledge this multiple of `ACK_BYTES` without proof: some seconds of a busy room. */
const UNPROVEN_ACKS = 2;

/** Unproven bytes decay exponentially with this time constant: milliseconds. */
const UNPROVEN_DECAY_MS = 5 * 60_000;

/**
 * Bounds the memory that the unread frames of a room take: how much each session may be sent, and how much all may acknowledge without
 * proof. A returned mark is a proof, because only that session received it. A bare `received` and activity of a plain socket are
 * not: a peer can send those without reading.
 */
export class UnreadBudget {
  readonly #ackBytes: number;
  /** The charged bytes of all sessions, and of connections that are closing. */
  #charged = 0;
  #sockets = 0;
  readonly #unproven = { v1: { size: 0, at: 0 }, plain: { size: 0, at: 0 } };

  /** @param ackBytes the setting ACK_BYTES: a session of a small room acknowledges after so many bytes */
  constructor(ackBytes: number) {
    this.#ackBytes = ackBytes;
  }

  /** Whether more than half of the budget is used. */
  get isScarce(): boolean {
    return this.#charged > ROOM_UNREAD_BYTES / 2;
  }

  /** A session opened, or was restored with its unread bytes. */
  add(flow: Flow): void {
    this.#sockets++;
    this.#charged += flow.charged;
  }

  /** The room closed a session. Its unread bytes stay charged until the connection ends. */
  onClosed(flow: Flow): void {
    this.#forgetUnproven(flow, Date.now());
  }

  /** A connection ended, and its unread frames are freed. */
  remove(flow: Flow): void {
    this.#sockets--;
    this.#charged -= flow.charged;
    this.#forgetUnproven(flow, Date.now());
  }

  /** The flow of a session that opens now. A session without marks gets a window of at least two acknowledgements. */
  flowStateFor(mode: Mode, returnsMarks: boolean, maxWindow?: number): FlowState {
    const share = ROOM_UNREAD_BYTES / ACK_PART / (this.#sockets + 1);
    const ackBytes = Math.min(this.#ackBytes, Math.max(MIN_ACK_BYTES, Math.floor(share)));
    const hasNoMarks = mode === "v1" && !returnsMarks;
    return { ackBytes, minWindow: hasNoMarks ? 2 * ackBytes : MIN_WINDOW_BYTES, maxWindow };
  }

  /** The most that a session may have unread. */
  window(flow: Flow): number {
    const max = Math.min(flow.maxWindow, this.#ackBytes * MAX_WINDOW[flow.mode]);
    const part = Math.max(0, ROOM_UNREAD_BYTES - this.#charged) / WINDOW_PART;
    return Math.min(max, Math.max(flow.minWindow + flow.credit, part));
  }

  /** The most that a plain socket is sent of a replay before its next activity. */
  replayWindow(flow: Flow): number {
    return Math.min(this.#ackBytes * MAX_WINDOW.v1, this.window(flow));
  }

  /** Whether a session may be sent another frame. The last one may exceed the window. */
  hasRoom(flow: Flow): boolean {
    return flow.unread <= this.window(flow);
  }

  /** A frame was sent. */
  onSent(flow: Flow, size: number): void {
    const before = flow.charged;
    flow.unread += size;
    flow.sentSinceMark += size;
    flow.isAckExpected = true;
    this.#charged += flow.charged - before;
  }

  /** Whether a mark is due. Only one is on its way at a time. */
  wantsMark(flow: Flow): boolean {
    return flow.mark === undefined && flow.unread * MARK_PART >= this.window(flow);
  }

  /** The mark came back: everything sent before it has been read. */
  onMark(flow: Flow): void {
    this.#forgetUnproven(flow, Date.now());
    const read = flow.unread - flow.sentSinceMark;
    this.#setUnread(flow, flow.sentSinceMark);
    flow.mark = undefined;
    const credit = Math.min(this.#ackBytes * MAX_WINDOW.v1, flow.credit + read * CREDIT_FACTOR);
    this.#charged -= flow.charged;
    flow.credit = credit;
    this.#charged += flow.charged;
  }

  /** A session acknowledged, without proof, all but `unread` bytes. */
  onAcknowledged(flow: Flow, unread: number, now: number): void {
    if (unread >= flow.unread) return;
    const read = flow.unread - unread;
    this.#setUnread(flow, unread);
    flow.unproven = this.#decayed(flow.unproven, flow.unprovenAt, now) + read;
    flow.unprovenAt = now;
    this.#addUnproven(flow.mode, read, now);
  }

  /** Whether the sessions of a mode have together acknowledged more without proof than they may. */
  isOverUnproven(mode: Mode, now: number): boolean {
    const { size, at } = this.#unproven[mode];
    return this.#decayed(size, at, now) > ROOM_UNPROVEN_BYTES;
  }

  /** A session that acknowledged no more than this without proof is never closed for it. */
  get unprovenAllowance(): number {
    return this.#ackBytes * UNPROVEN_ACKS;
  }

  /** The unproven bytes of a session, decayed until now. */
  unprovenOf(flow: Flow, now: number): number {
    return this.#decayed(flow.unproven, flow.unprovenAt, now);
  }

  #setUnread(flow: Flow, unread: number): void {
    const before = flow.charged;
    flow.unread = unread;
    flow.unreadAnswers = Math.min(flow.unreadAnswers, unread);
    flow.sentSinceMark = Math.min(flow.sentSinceMark, unread);
    this.#charged += flow.charged - before;
  }

  #forgetUnproven(flow: Flow, now: number): void {
    this.#addUnproven(flow.mode, -this.unprovenOf(flow, now), now);
    flow.unproven = 0;
  }

  #addUnproven(mode: Mode, size: number, now: number): void {
    const unproven = this.#unproven[mode];
    unproven.size = Math.max(0, this.#decayed(unproven.size, unproven.at, now) + size);
    unproven.at = now;
  }

  #decayed(size: number, at: number, now: number): number {
    return size * Math.exp(Math.min(0, at - now) / UNPROVEN_DECAY_MS);
  }
}
