import type { DormouseError } from "../../protocol/codes.ts";
import type { Admission } from "../../rpc/admission.ts";

/** A client asks right after its attempt has failed: milliseconds. */
export const REMEMBERED_MS = 10_000;

/** The size of all remembered refusals together, in UTF-16 code units. Beyond it, the oldest are forgotten. */
export const REMEMBERED_CHARS = 262_144;

type Refusal = { error: DormouseError; at: number; chars: number };

/**
 * Why this room refused attempts to join. A browser does not tell its page why an upgrade was refused, so the client asks for it over HTTP, by
 * the name that it gave to the attempt. Refusals are kept in memory only: a room that is evicted meanwhile answers as if it had refused nothing.
 */
export class RefusedAttempts {
  /** By member and attempt, oldest first. */
  readonly #refusals = new Map<string, Refusal>();
  #chars = 0;

  get size(): number {
    return this.#refusals.size;
  }

  /** Remembers a refusal, where the client gave its attempt a name. */
  add({ grant, attempt }: Pick<Admission, "grant" | "attempt">, error: DormouseError, now: number): void {
    if (attempt === undefined) return;
    const key = keyOf(grant.member, attempt);
    this.#remove(key);
    const chars = key.length + error.message.length;
    this.#refusals.set(key, { error, at: now, chars });
    this.#chars += chars;
    for (const [oldest, { at }] of this.#refusals) {
      if (this.#chars <= REMEMBERED_CHARS && now - at < REMEMBERED_MS) break;
      this.#remove(oldest);
    }
  }

  /** Why an attempt of a member was refused; undefined where it was not, or too long ago. */
  refusalOf(member: string, attempt: string | undefined, now: number): DormouseError | undefined {
    if (attempt === undefined) return undefined;
    const refusal = this.#refusals.get(keyOf(member, attempt));
    return refusal !== undefined && now - refusal.at < REMEMBERED_MS ? refusal.error : undefined;
  }

  #remove(key: string): void {
    this.#chars -= this.#refusals.get(key)?.chars ?? 0;
    this.#refusals.delete(key);
  }
}

function keyOf(member: string, attempt: string): string {
  return JSON.stringify([member, attempt]);
}
