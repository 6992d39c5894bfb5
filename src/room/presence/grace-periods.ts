import type { Member } from "../../protocol/down.ts";

/**
 * `endsAt`: milliseconds. `missingSockets`: how many dropped sockets have not come back. `isFrozen`: whether the member is shown as
 * before the drop.
 */
type Grace = { endsAt: number; missingSockets: number; isFrozen: boolean };

/** Members whose socket dropped without a goodbye. They may return within the grace period without a leave and a join. */
export class GracePeriods {
  readonly #ms: number;
  readonly #onExpired: (member: string) => void;
  /** By member; the first one ends first. */
  readonly #graces = new Map<string, Grace>();
  readonly #absent = new Map<string, Member>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onExpired is called at the end of each grace period, also if the member has returned */
  constructor(ms: number, onExpired: (member: string) => void) {
    this.#ms = ms;
    this.#onExpired = onExpired;
  }

  /** Members in their grace period without an open socket, with their last entries. */
  get absent(): ReadonlyMap<string, Member> {
    return this.#absent;
  }

  has(member: string): boolean {
    return this.#graces.has(member);
  }

  /** Whether the member is shown as before the drop: a session that has returned has not sent its state yet. */
  isFrozen(member: string): boolean {
    return this.#graces.get(member)?.isFrozen ?? false;
  }

  /** The member has sent its state or name. Its missing sockets may still return. */
  unfreeze(member: string): void {
    const grace = this.#graces.get(member);
    if (grace !== undefined) grace.isFrozen = false;
  }

  /** A socket of the member dropped. */
  begin(member: string): void {
    if (this.#ms === 0) return;
    const missingSockets = (this.#graces.get(member)?.missingSockets ?? 0) + 1;
    this.#graces.delete(member);
    this.#graces.set(member, { endsAt: Date.now() + this.#ms, missingSockets, isFrozen: true });
    this.#startTimer();
  }

  /** The last socket of the member is gone. @returns whether the member counts as present, because a dropped socket may return */
  keepAbsent(entry: Member): boolean {
    const grace = this.#graces.get(entry.member);
    if (grace === undefined || grace.missingSockets === 0) {
      this.end(entry.member);
      return false;
    }
    this.#absent.set(entry.member, entry);
    return true;
  }

  /** The member has another socket. @returns whether it returned within its grace period */
  onReturn(member: string): boolean {
    this.#absent.delete(member);
    const grace = this.#graces.get(member);
    if (grace !== undefined && grace.missingSockets > 0) grace.missingSockets--;
    return grace !== undefined;
  }

  end(member: string): void {
    this.#graces.delete(member);
    this.#absent.delete(member);
  }

  clear(): void {
    this.#graces.clear();
    this.#absent.clear();
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** One timer serves all: it fires for the grace period that ends first. */
  #startTimer(): void {
    const [first] = this.#graces.values();
    if (first === undefined || this.#timer !== undefined) return;
    // If the clock is set back, no member stays for longer than a grace period.
    const delay = Math.min(this.#ms, Math.max(0, first.endsAt - Date.now()));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#expire(Date.now());
      this.#startTimer();
    }, delay);
  }

  #expire(now: number): void {
    for (const [member, { endsAt }] of this.#graces) {
      if (endsAt > now) return;
      this.end(member);
      this.#onExpired(member);
    }
  }
}
