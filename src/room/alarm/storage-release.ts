import type { Webhooks } from "../../webhooks/webhooks.ts";
import type { Bans } from "../limits/bans.ts";
import type { StoredLevels } from "../limits/stored-levels.ts";
import type { RoomLog } from "../log/log.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { AlarmTask } from "./alarm-scheduler.ts";

type Parts = {
  storage: DurableObjectStorage;
  connections: ConnectionManager;
  log: RoomLog;
  bans: Bans;
  debts: StoredLevels;
  webhooks: Webhooks | undefined;
};

/**
 * Gives the storage of a room back that holds nothing: no message, no socket, no ban, no debt, and nothing to tell a webhook. Such a
 * room is as if it had never been used. Its next epoch is a new one, so that no cursor of before is honoured by mistake.
 */
export class StorageRelease implements AlarmTask {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** When the last ban or debt ends; undefined where there is something to keep, or nothing is known to be stored. */
  nextRunAt(): number | undefined {
    if (!this.#isVacant) return undefined;
    const end = this.#end;
    return end > 0 || this.#parts.log.isStored ? end : undefined;
  }

  /** Any alarm of a vacant room ends here: also one that was all that the room had stored. */
  run(now: number): void {
    if (!this.#isVacant || this.#end > now) return;
    const { storage, log, bans, debts, webhooks } = this.#parts;
    void storage.deleteAll();
    for (const each of [log, bans, debts, webhooks]) each?.onStorageDeleted();
  }

  get #isVacant(): boolean {
    const { connections, log, webhooks } = this.#parts;
    return log.isEmpty && connections.size === 0 && (webhooks?.isIdle ?? true);
  }

  get #end(): number {
    return Math.max(this.#parts.bans.lastEnd, this.#parts.debts.lastFullAt);
  }
}
