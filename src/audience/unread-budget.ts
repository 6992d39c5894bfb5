import type { Mode } from "../access/grant.ts";
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
export const ROOM_UNPROVED_BYTES = 64 * 1024 * 1024;

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
  enter(flow: Flow): void {
    this.#sockets++;
    this.#counted += flow.counted;
  }

  /** A session was closed: nothing that it says counts any more. */
  close(flow: Flow): void {
    this.#forget(flow, Date.now());
  }

  /** A socket is gone, and so is what it had unread. */
  leave(flow: Flow): void {
    this.#sockets--;
    this.#counted -= flow.counted;
    this.#forget(flow, Date.now());
  }

  /** For a session that comes in now. One that acknowledges without proof may have twice what it acknowledges at a time. */
  newFlow(mode: Mode, returnsMarks: boolean, most?: number): FlowState {
    const share = ROOM_UNREAD_BYTES / ACK_PART / (this.#sockets + 1);
    const ackBytes = Math.min(this.#ackBytes, Math.max(LEAST_ACK_BYTES, Math.floor(share)));
    const isTrusting = mode === "v1" && !returnsMarks;
    return { ackBytes, least: isTrusting ? 2 * ackBytes : LEAST_WINDOW_BYTES, most };
  }

  /** The most that a session may have unread. */
  window(flow: Flow): number {
    const most = Math.min(flow.most, this.#ackBytes * WINDOW[flow.mode]);
    const rest = Math.max(0, ROOM_UNREAD_BYTES - this.#counted) / REST_PART;
    return Math.min(most, Math.max(flow.least + flow.earned, rest));
  }

  /** What a plain socket is sent of a replay before the next sign of life. */
  replayPart(flow: Flow): number {
    return Math.min(this.#ackBytes * WINDOW.v1, this.window(flow));
  }

  /** Whether a session may be sent something. The last frame may go beyond the window. */
  hasRoom(flow: Flow): boolean {
    return flow.unread <= this.window(flow);
  }

  /** Something was sent. */
  sent(flow: Flow, size: number): void {
    const before = flow.counted;
    flow.unread += size;
    flow.sinceMark += size;
    flow.hasSent = true;
    this.#counted += flow.counted - before;
  }

  /** Whether it is time to ask a session for a proof. One mark is on its way at a time. */
  wantsMark(flow: Flow): boolean {
    return flow.mark === undefined && flow.unread * MARK_PART >= this.window(flow);
  }

  /** A mark came back. All that was sent before it has been read. */
  proved(flow: Flow): void {
    this.#forget(flow, Date.now());
    const read = flow.unread - flow.sinceMark;
    this.#settle(flow, flow.sinceMark);
    flow.mark = undefined;
    const earned = Math.min(this.#ackBytes * WINDOW.v1, flow.earned + read * EARNED_TIMES);
    this.#counted -= flow.counted;
    flow.earned = earned;
    this.#counted += flow.counted;
  }

  /** A session says that no more than `unread` is left of what it was sent. */
  claimed(flow: Flow, unread: number, now: number): void {
    if (unread >= flow.unread) return;
    const read = flow.unread - unread;
    this.#settle(flow, unread);
    flow.unproved = this.#decayed(flow.unproved, flow.unprovedAt, now) + read;
    flow.unprovedAt = now;
    this.#addUnproved(flow.mode, read, now);
  }

  /** Whether the room's sockets of this kind have acknowledged more without proof than they may together. */
  hasTooMuchUnproved(mode: Mode, now: number): boolean {
    const { size, at } = this.#unproved[mode];
    return this.#decayed(size, at, now) > ROOM_UNPROVED_BYTES;
  }

  /** A session may acknowledge this much without proof, however much others did. */
  get leastUnproved(): number {
    return this.#ackBytes * UNPROVED_ACKS;
  }

  /** What a session acknowledged without proof, as it counts now. */
  unprovedOf(flow: Flow, now: number): number {
    return this.#decayed(flow.unproved, flow.unprovedAt, now);
  }

  #settle(flow: Flow, unread: number): void {
    const before = flow.counted;
    flow.unread = unread;
    flow.answers = Math.min(flow.answers, unread);
    flow.sinceMark = Math.min(flow.sinceMark, unread);
    this.#counted += flow.counted - before;
  }

  #forget(flow: Flow, now: number): void {
    this.#addUnproved(flow.mode, -this.unprovedOf(flow, now), now);
    flow.unproved = 0;
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
