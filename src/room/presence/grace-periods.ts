import type { Member } from "../../protocol/down.ts";

/** Members whose socket dropped without a goodbye, for as long as they may come back as if nothing had been. */
export class GracePeriods {
  readonly #ms: number;
  readonly #over: (member: string) => void;
  /**
   * When each grace is over, how many of the member's sockets have not come back, and whether it is shown as it was meanwhile; the
   * first is the earliest.
   */
  readonly #ends = new Map<string, { at: number; missing: number; isFrozen: boolean }>();
  /** Those who have no socket now, as they were. */
  readonly #absent = new Map<string, Member>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param over is called for each member whose grace has run out, back or not */
  constructor(ms: number, over: (member: string) => void) {
    this.#ms = ms;
    this.#over = over;
  }

  /** Those who have no socket now, as they were when they had. */
  get absent(): ReadonlyMap<string, Member> {
    return this.#absent;
  }

  has(member: string): boolean {
    return this.#ends.has(member);
  }

  /** Whether a member is shown as it was: who is back has not said yet what it shows of itself. */
  isFrozen(member: string): boolean {
    return this.#ends.get(member)?.isFrozen ?? false;
  }

  /** It has said so. Those of its sockets that are missing may still come back. */
  thaw(member: string): void {
    const grace = this.#ends.get(member);
    if (grace !== undefined) grace.isFrozen = false;
  }

  /** A socket of the member dropped. */
  begin(member: string): void {
    if (this.#ms === 0) return;
    const missing = (this.#ends.get(member)?.missing ?? 0) + 1;
    this.#ends.delete(member);
    this.#ends.set(member, { at: Date.now() + this.#ms, missing, isFrozen: true });
    this.#arm();
  }

  /** Its last socket is gone. It counts as here while one of its sockets may be back; whether one may comes back. */
  isGone(entry: Member): boolean {
    const grace = this.#ends.get(entry.member);
    if (grace === undefined || grace.missing === 0) {
      this.end(entry.member);
      return false;
    }
    this.#absent.set(entry.member, entry);
    return true;
  }

  /** It has a socket again. Whether it was within its grace comes back. */
  isBack(member: string): boolean {
    this.#absent.delete(member);
    const grace = this.#ends.get(member);
    if (grace !== undefined && grace.missing > 0) grace.missing--;
    return grace !== undefined;
  }

  end(member: string): void {
    this.#ends.delete(member);
    this.#absent.delete(member);
  }

  clear(): void {
    this.#ends.clear();
    this.#absent.clear();
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** One timer, for the first that is due. */
  #arm(): void {
    const [first] = this.#ends.values();
    if (first === undefined || this.#timer !== undefined) return;
    // A clock that was set back must not keep anybody for longer than a grace.
    const wait = Math.min(this.#ms, Math.max(0, first.at - Date.now()));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#expire(Date.now());
      this.#arm();
    }, wait);
  }

  #expire(now: number): void {
    for (const [member, { at }] of this.#ends) {
      if (at > now) return;
      this.end(member);
      this.#over(member);
    }
  }
}
