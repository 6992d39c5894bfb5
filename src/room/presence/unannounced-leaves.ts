import type { Session } from "../sessions/session.ts";

/** UTF-16 code units of member ids that one session carries, and how many sessions may carry some. */
const MAX_CHARS = 1000;
const MAX_CARRIERS = 8;

/**
 * Members who left and whose leave was not broadcast yet. Other sessions carry their ids in their attachments, so that an eviction
 * does not lose them. A pending timer prevents most evictions in that time; if so many members leave at once that no attachment
 * has room, an id is not carried.
 */
export class UnannouncedLeaves {
  /** The session that carries each member. */
  readonly #carriers = new Map<string, Session>();

  carry(members: readonly string[], sessions: Iterable<Session>): void {
    const rest = [...members];
    let carriers = 0;
    for (const session of sessions) {
      if (rest.length === 0 || ++carriers > MAX_CARRIERS) return;
      const carried = [...session.carriedLeaves];
      let chars = carried.join("").length;
      for (let next = rest[0]; next !== undefined && chars + next.length <= MAX_CHARS; next = rest[0]) {
        rest.shift();
        carried.push(next);
        chars += next.length;
        this.#carriers.set(next, session);
      }
      if (carried.length > session.carriedLeaves.length) session.carriedLeaves = carried;
    }
  }

  /** Takes over what a session has carried through a wake. */
  restore(session: Session): readonly string[] {
    for (const member of session.carriedLeaves) this.#carriers.set(member, session);
    return session.carriedLeaves;
  }

  /** The member has returned, or its leave was broadcast. */
  release(member: string): void {
    const carrier = this.#carriers.get(member);
    if (carrier === undefined) return;
    this.#carriers.delete(member);
    carrier.carriedLeaves = carrier.carriedLeaves.filter((other) => other !== member);
  }

  releaseAll(): void {
    for (const carrier of new Set(this.#carriers.values())) carrier.carriedLeaves = [];
    this.#carriers.clear();
  }

  /** No session is left. */
  clear(): void {
    this.#carriers.clear();
  }
}
