import type { Admission } from "../access/grant.ts";
import {
  ABUSE_MS,
  CLOSES,
  type CloseName,
  type ErrorCode,
  RETRY_LATER_MS,
  retryAfterClose,
} from "../protocol/codes.ts";
import type { Down, PresenceChange } from "../protocol/down.ts";
import { Flow } from "./flow.ts";
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

/** How a session ended: by a goodbye, by a break after which it may be back, or by being sent away from here. */
export type End = "goodbye" | "dropped" | "expelled";

const OPEN = 1;

/** Why a plain socket is closed that says nothing; at most 123 bytes. */
const SILENT_PLAIN = 'too slow, or silent for too long: send "ping" now and then, or speak dormouse.v1';

/** The sockets of one object. It knows no room and no log: it is handed frames and passes them on. */
export class Audience {
  readonly #ctx: DurableObjectState;
  readonly #left: (session: Session, end: End) => void;
  readonly flow: Flow;
  #plain = 0;
  #restored: Map<WebSocket, Session> | undefined;

  /**
   * @param ackBytes after how many bytes sessions acknowledge
   * @param left is called once for each session that ends, whatever ended it
   */
  constructor(
    ctx: DurableObjectState,
    ackBytes: number,
    left: (session: Session, end: End) => void = () => {},
  ) {
    this.#ctx = ctx;
    this.#left = left;
    this.flow = new Flow(ackBytes);
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

  admit(socket: WebSocket, admission: Admission): Session {
    const sessions = this.#sessions;
    this.#ctx.acceptWebSocket(socket);
    const session = Session.begin(socket, admission);
    session.readTo = this.flow.sent;
    sessions.set(socket, session);
    return session;
  }

  /** Takes a socket out. The session comes back once only, however many handlers report its end. */
  leave(socket: WebSocket, end: End): Session | undefined {
    const session = this.#sessions.get(socket);
    if (session === undefined) return undefined;
    this.#sessions.delete(socket);
    this.#left(session, end);
    return session;
  }

  /**
   * Sends one frame to every session that is live and may read: one send each, and nothing else per socket. Those come back
   * who are not sent it, since they have not read what they were sent before; a plain socket has ended by then.
   */
  broadcast({ body, first, last, plain }: Broadcast): Session[] {
    const size = sizeOf(body);
    const slow: Session[] = [];
    const leastRead = this.flow.sent - this.flow.window(this.size);
    let plainFrames: readonly (string | Uint8Array)[] | undefined;
    let plainSockets = 0;
    const plainWindow = this.flow.plainWindow(this.#plain);
    for (const session of this.#sessions.values()) {
      if (session.behind !== undefined || !session.can.has("read")) continue;
      if (session.mode === "v1") {
        if (session.readTo - session.besides < leastRead) {
          session.behind = first - 1;
          slow.push(session);
        } else this.sendRaw(session, body);
        continue;
      }
      plainSockets++;
      if (!this.#hears(session, size, plainWindow)) {
        this.dismiss(session, "too_slow", SILENT_PLAIN);
        continue;
      }
      plainFrames ??= plain();
      for (const frame of plainFrames) this.sendRaw(session, frame);
    }
    this.#plain = plainSockets;
    this.flow.passed(last, size);
    return slow;
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
      if (this.isFull(session)) session.missed = true;
      else if (session.missed) back.push(session);
      else this.#sendBeside(session, body);
    }
    return back;
  }

  /** Whether a session may be sent an answer that it asked for: as much again as its window, also while that is full. */
  mayAsk({ besides }: Session): boolean {
    return besides <= this.flow.window(this.size);
  }

  /** Whether enough was sent to a session, beside the log, for it to acknowledge that. */
  isDue({ besides }: Session): boolean {
    return besides >= this.flow.ackBytes / 2;
  }

  /** Whether a `dormouse.v1` session was sent as much as it may have unread. */
  isFull(session: Session): boolean {
    if (session.stalled !== undefined) return true;
    // While it is behind, what it was sent of the log is measured by whoever catches it up.
    const isLive = session.behind === undefined && session.can.has("read");
    const unread = isLive ? this.flow.sent - session.readTo : 0;
    return unread + session.besides > this.flow.window(this.size);
  }

  /**
   * Signals are not worth keeping: whoever is behind, or does not read, does not get them.
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
    for (const session of this.#sessions.values()) {
      if (session.member === member) this.#signal(session, body);
    }
  }

  #signal(session: Session, body: string): void {
    const { mode, can, behind } = session;
    const isReader = mode === "v1" && can.has("read") && behind === undefined;
    if (isReader && !this.isFull(session)) this.#sendBeside(session, body);
  }

  /** Whether a plain socket, which cannot acknowledge, has shown a sign of life lately; it is sent so much more. */
  #hears(session: Session, size: number, window: number): boolean {
    if (session.unheard > window) {
      const pingedAt = this.#ctx.getWebSocketAutoResponseTimestamp(session.socket)?.getTime() ?? 0;
      if (pingedAt <= session.unheardSince) return false;
      session.unheard = 0;
      session.unheardSince = pingedAt;
    }
    session.unheard += size;
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
    session.besides += body.length;
    this.sendRaw(session, body);
  }

  /** Tells a session what is wrong with what it sent. */
  refuse(
    session: Session,
    code: ErrorCode,
    message: string,
    { id, retryAfter }: { id?: string | undefined; retryAfter?: number } = {},
  ): void {
    this.send(session, {
      type: "error",
      code,
      message,
      ...(id === undefined ? {} : { id }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
  }

  /** `send()` throws on a socket that cannot take it any more: its session has ended, whatever is reported later. */
  sendRaw({ socket }: Session, frame: string | ArrayBuffer | Uint8Array): void {
    try {
      socket.send(frame);
    } catch {
      this.leave(socket, "dropped");
    }
  }

  /** Ends a session: `bye` with the advice for what comes next, then the close. `reason`: at most 123 bytes. */
  dismiss(session: Session, name: CloseName, reason?: string, end: End = endBy(name)): void {
    const { code, reason: usual } = CLOSES[name];
    const retry = retryAfterClose(code);
    if (session.mode === "v1") {
      const wait = name === "rate_abused" ? ABUSE_MS : RETRY_LATER_MS;
      this.send(session, { type: "bye", code: name, retry, after: retry === "later" ? wait : 0 });
    }
    this.leave(session.socket, end);
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
    }
    return sessions;
  }
}

function sizeOf(body: string | ArrayBuffer): number {
  return typeof body === "string" ? body.length : body.byteLength;
}

/** Who is to come back has a grace like anyone whose socket dropped. */
function endBy(name: CloseName): End {
  if (name === "kicked") return "expelled";
  return retryAfterClose(CLOSES[name].code) === "never" ? "goodbye" : "dropped";
}
