import type { Member } from "../../protocol/down.ts";
import type { Session } from "../sessions/session.ts";

/** Who is here: the members that open sessions make, where several sessions of one member are one. */
export class Roster {
  readonly #sessions = new Map<string, Set<Session>>();

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
    return this.#sessions.get(member) ?? NOBODY;
  }

  add(session: Session): void {
    const sessions = this.#sessions.get(session.member);
    if (sessions === undefined) this.#sessions.set(session.member, new Set([session]));
    else sessions.add(session);
  }

  /** Whether the session was in it. */
  remove(session: Session): boolean {
    const sessions = this.#sessions.get(session.member);
    if (sessions?.delete(session) !== true) return false;
    if (sessions.size === 0) this.#sessions.delete(session.member);
    return true;
  }

  /** What others see of a member: the name and the state that one of its sessions gave last. */
  entry(member: string): Member | undefined {
    let named: Session | undefined;
    let shown: Session | undefined;
    for (const session of this.sessionsOf(member)) {
      if (named === undefined || session.namedAt >= named.namedAt) named = session;
      if (session.stateAt !== undefined && session.stateAt >= (shown?.stateAt ?? 0)) shown = session;
    }
    return named === undefined ? undefined : { member, name: named.name, state: shown?.state ?? null };
  }
}

const NOBODY: ReadonlySet<Session> = new Set();
