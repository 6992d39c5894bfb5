import type { Session } from "../sessions/session.ts";

/** UTF-16 code units of member ids that one session carries, and how many sessions do. */
const CARRIED_CHARS = 1500;
const CARRIERS = 8;

/**
 * Members who left and of whom others have not been told yet. Sessions that stay carry their ids in their attachments, should
 * the object go out of memory before the others are told. Timers are pending until then, so that is rare; where so many leave
 * at once that no carrier has room, an id is not carried.
 */
export class UnannouncedLeaves {
  readonly #carriers = new Map<string, Session>();

  carry(members: readonly string[], sessions: Iterable<Session>): void {
    const rest = [...members];
    let looked = 0;
    for (const session of sessions) {
      if (rest.length === 0 || ++looked > CARRIERS) return;
      const carried = [...session.carriedLeaves];
      let chars = carried.join("").length;
      for (let next = rest[0]; next !== undefined && chars + next.length <= CARRIED_CHARS; next = rest[0]) {
        rest.shift();
        carried.push(next);
        chars += next.length;
        this.#carriers.set(next, session);
      }
      if (carried.length > session.carriedLeaves.length) session.carriedLeaves = carried;
    }
  }

  /** A session from before a wake carries these. */
  restore(session: Session): readonly string[] {
    for (const member of session.carriedLeaves) this.#carriers.set(member, session);
    return session.carriedLeaves;
  }

  /** The member is back, or others have been told. */
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

  /** Nobody is left to be told anything. */
  clear(): void {
    this.#carriers.clear();
  }
}
