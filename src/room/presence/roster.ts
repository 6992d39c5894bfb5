import type { Member } from "../../protocol/down.ts";
import type { Session } from "../sessions/session.ts";

const NO_SESSIONS: ReadonlySet<Session> = new Set();

/** Open sessions by member: several sessions of one member are one entry. */
export class Roster {
  readonly #sessions = new Map<string, Set<Session>>();

  /** The number of members. */
  get size(): number {
    return this.#sessions.size;
  }

  has(member: string): boolean {
    return this.#sessions.has(member);
  }

  members(): Iterable<string> {
    return this.#sessions.keys();
  }

  sessionsOf(member: string): ReadonlySet<Session> {
    return this.#sessions.get(member) ?? NO_SESSIONS;
  }

  add(session: Session): void {
    const sessions = this.#sessions.get(session.member);
    if (sessions === undefined) this.#sessions.set(session.member, new Set([session]));
    else sessions.add(session);
  }

  /** @returns whether the session was in the roster */
  remove(session: Session): boolean {
    const sessions = this.#sessions.get(session.member);
    if (sessions?.delete(session) !== true) return false;
    if (sessions.size === 0) this.#sessions.delete(session.member);
    return true;
  }

  /** The member as others see it: with the name and the state that any of its sessions set last. Undefined if it has no session. */
  entry(member: string): Member | undefined {
    let lastNamed: Session | undefined;
    let lastState: Session | undefined;
    for (const session of this.sessionsOf(member)) {
      if (lastNamed === undefined || session.namedAt >= lastNamed.namedAt) lastNamed = session;
      if (session.stateAt !== undefined && session.stateAt >= (lastState?.stateAt ?? 0)) lastState = session;
    }
    if (lastNamed === undefined) return undefined;
    return { member, name: lastNamed.name, state: lastState?.state ?? null };
  }
}
