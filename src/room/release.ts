import type { Audience } from "../audience/audience.ts";
import type { Bans } from "../log/bans.ts";
import type { Debts } from "../log/debts.ts";
import type { RoomLog } from "../log/log.ts";
import type { Chore } from "./agenda.ts";
import type { Webhooks } from "./webhooks.ts";

type Parts = {
  storage: DurableObjectStorage;
  audience: Audience;
  log: RoomLog;
  bans: Bans;
  debts: Debts;
  webhooks: Webhooks | undefined;
};

/**
 * Gives the storage of a room back that holds nothing: no message, no socket, no ban, no debt, and nothing to tell a webhook. Such a
 * room is as if it had never been used. Its next epoch is a new one, so that no cursor of before is honoured by mistake.
 */
export class Release implements Chore {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** When the last ban or debt ends; undefined where there is something to keep, or nothing is known to be stored. */
  due(): number | undefined {
    if (!this.#isVacant) return undefined;
    const end = this.#end;
    return end > 0 || this.#parts.log.isStored ? end : undefined;
  }

  /** Any alarm of a vacant room ends here: also one that was all that the room had stored. */
  run(now: number): void {
    if (!this.#isVacant || this.#end > now) return;
    const { storage, log, bans, debts, webhooks } = this.#parts;
    void storage.deleteAll();
    for (const each of [log, bans, debts, webhooks]) each?.deleted();
  }

  get #isVacant(): boolean {
    const { audience, log, webhooks } = this.#parts;
    return log.isEmpty && audience.size === 0 && (webhooks?.isIdle ?? true);
  }

  get #end(): number {
    return Math.max(this.#parts.bans.end, this.#parts.debts.end);
  }
}
