import {
  ABUSE_MS,
  CLOSES,
  type CloseName,
  type ErrorCode,
  RETRY_LATER_MS,
  retryAfterClose,
} from "../../protocol/codes.ts";
import type { Down, PresenceChange } from "../../protocol/down.ts";
import { frameSize } from "../../protocol/text.ts";
import type { Admission } from "../../rpc/admission.ts";
import { ClosingConnections } from "../flow/closing-connections.ts";
import { StreamPositions } from "../flow/stream-positions.ts";
import { UnreadBudget } from "../flow/unread-budget.ts";
import { Roster } from "../presence/roster.ts";
import { type LeaveReason, leaveReasonOf } from "./close.ts";
import { Session } from "./session.ts";

/** A frame on its way to everyone: as `dormouse.v1` has it, and as plain sockets do. */
export type Broadcast = {
  body: string | ArrayBuffer;
  /** The seqs of its first message and of its last. */
  first: number;
  last: number;
  /** Asked once, and only where there is a plain socket. */
  plain: () => readonly (string | Uint8Array)[];
};

const OPEN = 1;

/** Places are kept for this part of what clients acknowledge at a time, over so many times as much. */
const POSITIONS = { part: 16, times: 5 } as const;

/** Why a plain socket is closed that says nothing; at most 123 bytes. */
export const SILENT_PLAIN_REASON =
  'too slow, or silent for too long: send "ping" now and then, or speak dormouse.v1';

/** The sockets of one object. It knows no room and no log: it is handed frames and passes them on. */
export class ConnectionManager {
  readonly #ctx: DurableObjectState;
  readonly #left: (session: Session, end: LeaveReason) => void;
  readonly #ackBytes: number;
  readonly budget: UnreadBudget;
  /** Where seqs lie in the stream of live frames. */
  readonly livePositions: StreamPositions;
  readonly #roster = new Roster();
  readonly #closing: ClosingConnections;
  #restored: Map<WebSocket, Session> | undefined;

  /**
   * @param ackBytes after how many bytes sessions acknowledge
   * @param left is called once for each session that ends, whatever ended it
   */
  constructor(
    ctx: DurableObjectState,
    ackBytes: number,
    left: (session: Session, end: LeaveReason) => void = () => {},
  ) {
    this.#ctx = ctx;
    this.#left = left;
    this.budget = new UnreadBudget(ackBytes);
    this.#closing = new ClosingConnections(this.budget);
    this.#ackBytes = ackBytes;
    this.livePositions = this.newStreamPositions();
  }

  /** Places in what one session is sent of the log. */
  newStreamPositions(): StreamPositions {
    return new StreamPositions(this.#ackBytes / POSITIONS.part, this.#ackBytes * POSITIONS.times);
  }

  get #sessions(): Map<WebSocket, Session> {
    this.#restored ??= this.#restore();
    return this.#restored;
  }

  get size(): number {
    return this.#sessions.size;
  }

  sessions(): Iterable<Session> {
    return this.#sessions.values();
  }

  sessionOf(socket: WebSocket): Session | undefined {
    return this.#sessions.get(socket);
  }

  /** The open sessions of a member. */
  sessionsOf(member: string): ReadonlySet<Session> {
    void this.#sessions;
    return this.#roster.sessionsOf(member);
  }

  accept(socket: WebSocket, admission: Admission): Session {
    const sessions = this.#sessions;
    this.#ctx.acceptWebSocket(socket);
    const { mode, marks = false, maxUnread } = admission;
    const session = Session.create(socket, admission, this.budget.flowStateFor(mode, marks, maxUnread));
    sessions.set(socket, session);
    this.#enter(session);
    return session;
  }

  #enter(session: Session): void {
    this.budget.add(session.flow);
    this.#roster.add(session);
  }

  /** Takes a socket out. The session comes back once only, however many handlers report its end. */
  remove(socket: WebSocket, end: LeaveReason): Session | undefined {
    const session = this.#sessions.get(socket);
    if (session === undefined) return undefined;
    this.#sessions.delete(socket);
    this.#roster.remove(session);
    if (socket.readyState === OPEN) this.#closing.add(socket, session.flow);
    else this.budget.remove(session.flow);
    this.#left(session, end);
    return session;
  }

  /** A socket is gone, whoever closed it. */
  disconnected(socket: WebSocket, end: LeaveReason): void {
    this.remove(socket, end);
    this.#closing.release(socket);
  }

  /**
   * Sends one frame to every session that is live and may read: one send each, and nothing else per socket. Returns the sessions
   * that were left out, since they have not read what they were sent before. A plain socket that gives no sign of life is closed.
   */
  broadcast({ body, first, last, plain }: Broadcast): Session[] {
    const { budget } = this;
    const size = frameSize(body);
    const backpressured: Session[] = [];
    let plainFrames: readonly (string | Uint8Array)[] | undefined;
    for (const session of this.#sessions.values()) {
      if (session.replayFrom !== undefined || !session.can.has("read")) continue;
      if (session.mode === "v1") {
        if (budget.hasRoom(session.flow)) this.sendFromLog(session, body, size);
        else {
          session.replayFrom = first - 1;
          backpressured.push(session);
        }
        continue;
      }
      if (!budget.hasRoom(session.flow) && !this.noteSignOfLife(session)) {
        this.close(session, "too_slow", SILENT_PLAIN_REASON);
        continue;
      }
      plainFrames ??= plain();
      for (const frame of plainFrames) this.sendRaw(session, frame);
      budget.onSent(session.flow, size);
    }
    this.livePositions.onSent(last, size);
    if (budget.isScarce) this.#closing.releaseGone(() => this.#ctx.getWebSockets());
    return backpressured;
  }

  /** Sends a frame of the log to a `dormouse.v1` session. */
  sendFromLog(session: Session, body: string | ArrayBuffer, size: number): void {
    this.sendRaw(session, body);
    this.#sent(session, size);
  }

  #sent(session: Session, size: number): void {
    this.budget.onSent(session.flow, size);
    if (!this.requestMark(session)) session.saveFlow(false);
  }

  /** Sends a mark, if it is time for one. The peer returns it once it has read everything before it. */
  requestMark(session: Session): boolean {
    const { flow } = session;
    if (!session.returnsMarks || !this.budget.wantsMark(flow)) return false;
    const mark = crypto.randomUUID();
    flow.mark = mark;
    flow.sentSinceMark = 0;
    this.sendRaw(session, JSON.stringify({ type: "mark", mark } satisfies Down));
    session.saveFlow();
    return true;
  }

  /**
   * To all who may see the list of members, also while they catch up. Who does not read what it is sent is not sent this either,
   * and has missed it; those come back who had missed an earlier one and read again: they are to be sent the list as it is.
   */
  broadcastPresence(change: PresenceChange): Session[] {
    const body = JSON.stringify(change);
    const back: Session[] = [];
    for (const session of this.#sessions.values()) {
      if (session.mode !== "v1" || !session.can.has("presence")) continue;
      if (this.isFull(session)) session.missedPresence = true;
      else if (session.missedPresence) back.push(session);
      else this.#sendBeside(session, body);
    }
    return back;
  }

  /** Whether a session may be sent an answer that it asked for: as much again as its window, also while that is full. */
  canAnswer({ flow }: Session): boolean {
    return flow.unreadAnswers <= this.budget.window(flow);
  }

  /** Whether a `dormouse.v1` session was sent as much as it may have unread. */
  isFull({ flow, backpressure }: Session): boolean {
    return backpressure !== undefined || !this.budget.hasRoom(flow);
  }

  /**
   * Signals are not kept: a session that is behind, or does not read, does not get them.
   * @param body a frame, encoded
   * @param others members who are told by `signal`
   */
  broadcastSignals(body: string, others: Pick<ReadonlyMap<string, unknown>, "has" | "size">): void {
    for (const session of this.#sessions.values()) {
      if (others.size === 0 || !others.has(session.member)) this.#signal(session, body);
    }
  }

  /** @param member whose sessions get them */
  signal(member: string, body: string): void {
    for (const session of this.sessionsOf(member)) this.#signal(session, body);
  }

  #signal(session: Session, body: string): void {
    const { mode, can, replayFrom } = session;
    const isReader = mode === "v1" && can.has("read") && replayFrom === undefined;
    if (isReader && !this.isFull(session)) this.#sendBeside(session, body);
  }

  /**
   * Whether a plain socket has sent anything, a `ping` included, since that was last counted. It cannot acknowledge, so a sign of
   * life is taken for one.
   */
  noteSignOfLife(session: Session): boolean {
    const pingedAt = this.#ctx.getWebSocketAutoResponseTimestamp(session.socket)?.getTime() ?? 0;
    const at = Math.max(pingedAt, session.lastSeenAt);
    if (at <= session.countedAliveAt) return false;
    session.countedAliveAt = at;
    this.budget.onAcknowledged(session.flow, 0, Date.now());
    return true;
  }

  /** How long the frame was comes back: UTF-16 code units. */
  send(session: Session, frame: Down): number {
    return this.sendText(session, JSON.stringify(frame));
  }

  /** The same for a frame that is encoded already. */
  sendText(session: Session, body: string): number {
    this.#sendBeside(session, body);
    return body.length;
  }

  /** What is no part of the log counts, too, as long as it is not known to have been read. */
  #sendBeside(session: Session, body: string): void {
    this.sendRaw(session, body);
    this.#sent(session, body.length);
  }

  /** Tells a session what is wrong with what it sent. */
  sendError(
    session: Session,
    code: ErrorCode,
    message: string,
    { id, retryAfter }: { id?: string | undefined; retryAfter?: number } = {},
  ): void {
    const { isAckExpected } = session.flow;
    this.send(session, {
      type: "error",
      code,
      message,
      ...(id === undefined ? {} : { id }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
    // A refusal asks for no acknowledgement: what it refuses may be one.
    session.flow.isAckExpected = isAckExpected;
  }

  /** `send()` throws on a socket that cannot take it any more: its session has ended, whatever is reported later. */
  sendRaw({ socket }: Session, frame: string | ArrayBuffer | Uint8Array): void {
    try {
      socket.send(frame);
    } catch {
      this.remove(socket, "dropped");
    }
  }

  /** Ends a session: `bye` with the advice for what comes next, then the close. `reason`: at most 123 bytes. */
  close(session: Session, name: CloseName, reason?: string, end: LeaveReason = leaveReasonOf(name)): void {
    const { code, reason: usual } = CLOSES[name];
    const retry = retryAfterClose(code);
    if (session.mode === "v1") {
      const wait = name === "rate_abused" ? ABUSE_MS : RETRY_LATER_MS;
      this.send(session, { type: "bye", code: name, retry, after: retry === "later" ? wait : 0 });
    }
    this.remove(session.socket, end);
    if (session.socket.readyState === OPEN) session.socket.close(code, reason ?? usual);
  }

  #restore(): Map<WebSocket, Session> {
    const sessions = new Map<WebSocket, Session>();
    for (const socket of this.#ctx.getWebSockets()) {
      if (socket.readyState !== OPEN) continue;
      const session = Session.restore(socket);
      if (session === undefined) {
        socket.close(CLOSES.going_away.code, CLOSES.going_away.reason);
        continue;
      }
      sessions.set(socket, session);
      this.#enter(session);
    }
    return sessions;
  }
}
