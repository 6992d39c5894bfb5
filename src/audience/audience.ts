import type { Admission } from "../access/grant.ts";
import { ABUSE_MS, CLOSES, type CloseName, RETRY_LATER_MS } from "../protocol/codes.ts";
import type { Down } from "../protocol/down.ts";
import { Session } from "./session.ts";

/** A frame on its way to everyone: as `dormouse.v1` has it, and as plain sockets do. */
export type Broadcast = {
  body: string | ArrayBuffer;
  /** Asked once, and only where there is a plain socket. */
  plain: () => readonly (string | Uint8Array)[];
};

const OPEN = 1;

/** The sockets of one object. It knows no room and no log: it is handed frames and passes them on. */
export class Audience {
  readonly #ctx: DurableObjectState;
  readonly #left: (session: Session) => void;
  #restored: Map<WebSocket, Session> | undefined;
  /** Open sockets by member: counting them anew at each join would make a storm of joins quadratic. */
  readonly #members = new Map<string, number>();

  /** @param left is called once for each session that ends, whatever ended it */
  constructor(ctx: DurableObjectState, left: (session: Session) => void = () => {}) {
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

  /** Distinct members with an open socket. */
  countMembers(): number {
    // Who is here after a wake is known once the sessions are restored.
    return this.#sessions.size === 0 ? 0 : this.#members.size;
  }

  sessionOf(socket: WebSocket): Session | undefined {
    return this.#sessions.get(socket);
  }

  admit(socket: WebSocket, admission: Admission): Session {
    const sessions = this.#sessions;
    this.#ctx.acceptWebSocket(socket);
    const session = Session.begin(socket, admission);
    sessions.set(socket, session);
    this.#count(session, 1);
    return session;
  }

  /** Takes a socket out. The session comes back once only, however many handlers report its end. */
  leave(socket: WebSocket): Session | undefined {
    const session = this.#sessions.get(socket);
    if (session === undefined) return undefined;
    this.#sessions.delete(socket);
    this.#count(session, -1);
    this.#left(session);
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

  send(session: Session, frame: Down): void {
    this.sendRaw(session, JSON.stringify(frame));
  }

  /** `send()` throws on a socket that cannot take it any more: its session has ended, whatever is reported later. */
  sendRaw({ socket }: Session, frame: string | ArrayBuffer | Uint8Array): void {
    try {
      socket.send(frame);
    } catch {
      this.leave(socket);
    }
  }

  /** Ends a session: `bye` with the advice for what comes next, then the close. `reason`: at most 123 bytes. */
  dismiss(session: Session, name: CloseName, reason?: string): void {
    const { code, retry, reason: usual } = CLOSES[name];
    if (session.mode === "v1") {
      const wait = name === "rate_abused" ? ABUSE_MS : RETRY_LATER_MS;
      this.send(session, { type: "bye", code: name, retry, after: retry === "later" ? wait : 0 });
    }
    this.leave(session.socket);
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
      this.#count(session, 1);
    }
    return sessions;
  }

  #count({ member }: Session, change: 1 | -1): void {
    const sockets = (this.#members.get(member) ?? 0) + change;
    if (sockets === 0) this.#members.delete(member);
    else this.#members.set(member, sockets);
  }
}
