import { ABUSE_MS, CLOSES, type CloseName, RETRY_LATER_MS, retryAfterClose } from "../../protocol/codes.ts";
import type { Down } from "../../protocol/down.ts";
import type { Admission } from "../../rpc/admission.ts";
import { ClosingConnections } from "../delivery/closing-connections.ts";
import { UnreadBudget } from "../delivery/unread-budget.ts";
import { Roster } from "../presence/roster.ts";
import { type LeaveReason, leaveReasonOf } from "./close.ts";
import { HibernatingSocket } from "./hibernating-socket.ts";
import { Session } from "./session.ts";

/** The open connections of one object, and the session of each. It reads the sessions of hibernated sockets when first asked. */
export class ConnectionManager {
  readonly budget: UnreadBudget;
  readonly #ctx: DurableObjectState;
  readonly #onLeave: (session: Session, reason: LeaveReason) => void;
  readonly #onClose: (session: Session, name: CloseName) => void;
  readonly #roster = new Roster();
  readonly #sockets = new WeakMap<Session, WebSocket>();
  readonly #closing: ClosingConnections;
  #restored: Map<WebSocket, Session> | undefined;

  /**
   * @param ackBytes the bytes after which sessions acknowledge
   * @param onLeave is called once for each session that ends, however it ends
   * @param onClose is called before that for each session that the room closes
   */
  constructor(
    ctx: DurableObjectState,
    ackBytes: number,
    onLeave: (session: Session, reason: LeaveReason) => void = () => {},
    onClose: (session: Session, name: CloseName) => void = () => {},
  ) {
    this.#ctx = ctx;
    this.#onLeave = onLeave;
    this.#onClose = onClose;
    this.budget = new UnreadBudget(ackBytes);
    this.#closing = new ClosingConnections(this.budget);
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

  /** Whether a session is open still. To be asked after anything asynchronous. */
  has(session: Session): boolean {
    const socket = this.#sockets.get(session);
    return socket !== undefined && this.#sessions.get(socket) === session;
  }

  /** The open sessions of a member. */
  sessionsOf(member: string): ReadonlySet<Session> {
    void this.#sessions;
    return this.#roster.sessionsOf(member);
  }

  /** The epoch in the welcome of open sessions, while the log had no message; undefined where there is none. */
  get pendingEpoch(): string | undefined {
    for (const { epoch } of this.sessions()) if (epoch !== undefined) return epoch;
    return undefined;
  }

  /** The name of the room, as any of its sessions knows it. */
  get roomName(): string | undefined {
    for (const { room } of this.sessions()) return room;
    return undefined;
  }

  /**
   * Opens a session on a socket.
   * @param check is called before the session is in any list. Where it throws, nothing has begun, and the socket is dropped
   */
  accept(socket: WebSocket, admission: Admission, check: (session: Session) => void = () => {}): Session {
    const { mode, marks = false, maxUnread } = admission;
    const flow = this.budget.flowStateFor(mode, marks, maxUnread);
    const session = Session.create(new HibernatingSocket(socket, this.#ctx), admission, flow);
    check(session);
    // Hibernated sockets are read first: `getWebSockets` returns the new one, too, from here on.
    const sessions = this.#sessions;
    this.#ctx.acceptWebSocket(socket);
    this.#add(sessions, socket, session);
    return session;
  }

  /** Ends a session. Does nothing for one that has ended, however many handlers report it. */
  remove(session: Session, reason: LeaveReason): void {
    const socket = this.#sockets.get(session);
    if (socket === undefined || this.#sessions.get(socket) !== session) return;
    this.#sessions.delete(socket);
    this.#roster.remove(session);
    if (session.connection.isOpen) this.#closing.add(socket, session.flow);
    else this.budget.remove(session.flow);
    this.#onLeave(session, reason);
  }

  /** The connection of a socket has ended, whichever side began that. */
  disconnected(socket: WebSocket, reason: LeaveReason): void {
    const session = this.#sessions.get(socket);
    if (session !== undefined) this.remove(session, reason);
    this.#closing.release(socket);
  }

  /**
   * Closes a session: sends `bye` with the advice for the client's next step, then the close frame.
   * @param text replaces the usual close reason: at most 123 bytes
   */
  close(session: Session, name: CloseName, text?: string, reason: LeaveReason = leaveReasonOf(name)): void {
    const { code, reason: usual } = CLOSES[name];
    if (this.has(session)) this.#onClose(session, name);
    const isTold = session.mode === "plain" || this.#sendBye(session, name, code, text);
    this.remove(session, isTold ? reason : "lost");
    if (session.connection.isOpen) session.connection.close(code, text ?? usual);
  }

  /** Takes the connections out of the budget whose end the platform did not report. Costs a list of all sockets. */
  releaseEnded(): void {
    this.#closing.releaseGone(() => this.#ctx.getWebSockets());
  }

  #sendBye({ connection }: Session, name: CloseName, code: number, reason: string | undefined): boolean {
    const retry = retryAfterClose(code);
    const wait = name === "rate_abused" ? ABUSE_MS : RETRY_LATER_MS;
    const after = retry === "later" ? wait : 0;
    const bye: Down = { type: "bye", code: name, retry, after, ...(reason === undefined ? {} : { reason }) };
    try {
      connection.send(JSON.stringify(bye));
      return true;
    } catch {
      return false;
    }
  }

  get #sessions(): Map<WebSocket, Session> {
    this.#restored ??= this.#restore();
    return this.#restored;
  }

  #restore(): Map<WebSocket, Session> {
    const sessions = new Map<WebSocket, Session>();
    for (const socket of this.#ctx.getWebSockets()) {
      const connection = new HibernatingSocket(socket, this.#ctx);
      // A socket that the room has closed stays in this list until its peer answers.
      if (!connection.isOpen) continue;
      const session = Session.restore(connection);
      if (session === undefined) connection.close(CLOSES.going_away.code, CLOSES.going_away.reason);
      else this.#add(sessions, socket, session);
    }
    return sessions;
  }

  #add(sessions: Map<WebSocket, Session>, socket: WebSocket, session: Session): void {
    sessions.set(socket, session);
    this.#sockets.set(session, socket);
    this.budget.add(session.flow);
    this.#roster.add(session);
  }
}
