import type { Admission } from "../access/grant.ts";
import {
  ABUSE_MS,
  CLOSES,
  type CloseName,
  type ErrorCode,
  RETRY_LATER_MS,
  retryAfterClose,
} from "../protocol/codes.ts";
import type { Down, PresenceChange, Signals as SignalsFrame } from "../protocol/down.ts";
import { Session } from "./session.ts";

/** A frame on its way to everyone: as `dormouse.v1` has it, and as plain sockets do. */
export type Broadcast = {
  body: string | ArrayBuffer;
  /** Asked once, and only where there is a plain socket. */
  plain: () => readonly (string | Uint8Array)[];
};

/** How a session ended: by a goodbye, by a break after which it may be back, or by being sent away from here. */
export type End = "goodbye" | "dropped" | "expelled";

const OPEN = 1;

/** The sockets of one object. It knows no room and no log: it is handed frames and passes them on. */
export class Audience {
  readonly #ctx: DurableObjectState;
  readonly #left: (session: Session, end: End) => void;
  #restored: Map<WebSocket, Session> | undefined;

  /** @param left is called once for each session that ends, whatever ended it */
  constructor(ctx: DurableObjectState, left: (session: Session, end: End) => void = () => {}) {
    this.#ctx = ctx;
    this.#left = left;
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

  /** Sends one frame to every session that is live and may read: one send each, and nothing else per socket. */
  broadcast({ body, plain }: Broadcast): void {
    let plainFrames: readonly (string | Uint8Array)[] | undefined;
    for (const session of this.#sessions.values()) {
      if (session.behind !== undefined || !session.can.has("read")) continue;
      if (session.mode === "v1") {
        this.sendRaw(session, body);
        continue;
      }
      plainFrames ??= plain();
      for (const frame of plainFrames) this.sendRaw(session, frame);
    }
  }

  /** Sends what changed in the list of members to all who may see it, those who are still catching up among them. */
  broadcastPresence(change: PresenceChange): void {
    const body = JSON.stringify(change);
    for (const session of this.#sessions.values()) {
      if (session.mode === "v1" && session.can.has("presence")) this.sendRaw(session, body);
    }
  }

  /** Signals are not worth keeping: whoever is behind does not get them. */
  broadcastSignals(signals: SignalsFrame): void {
    const body = JSON.stringify(signals);
    for (const session of this.#sessions.values()) if (hearsSignals(session)) this.sendRaw(session, body);
  }

  /** @param member whose sessions get them */
  signal(member: string, signals: SignalsFrame): void {
    const body = JSON.stringify(signals);
    for (const session of this.#sessions.values()) {
      if (session.member === member && hearsSignals(session)) this.sendRaw(session, body);
    }
  }

  send(session: Session, frame: Down): void {
    this.sendRaw(session, JSON.stringify(frame));
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

function hearsSignals({ mode, can, behind }: Session): boolean {
  return mode === "v1" && can.has("read") && behind === undefined;
}

/** Who is to come back has a grace like anyone whose socket dropped. */
function endBy(name: CloseName): End {
  if (name === "kicked") return "expelled";
  return retryAfterClose(CLOSES[name].code) === "never" ? "goodbye" : "dropped";
}
