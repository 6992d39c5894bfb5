import type { RoomLog } from "../log/log.ts";
import type { RoomModule, RoomModules } from "../modules.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { AlarmScheduler } from "./alarm-scheduler.ts";

/**
 * Deletes the storage of a room that holds nothing: no message, no session, no ban, no rate limit in debt, no event for a webhook. The
 * room is then as if it had never been used. Its next log has another epoch, so that no old cursor is taken for one of it.
 */
export class StorageRelease implements RoomModule {
  readonly name = "storage release";
  readonly #storage: DurableObjectStorage;
  readonly #connections: ConnectionManager;
  readonly #log: RoomLog;
  readonly #alarm: AlarmScheduler;
  readonly #modules: RoomModules;

  constructor(room: {
    storage: DurableObjectStorage;
    connections: ConnectionManager;
    log: RoomLog;
    alarm: AlarmScheduler;
    modules: RoomModules;
  }) {
    this.#storage = room.storage;
    this.#connections = room.connections;
    this.#log = room.log;
    this.#alarm = room.alarm;
    this.#modules = room.modules;
  }

  onLeave(): void {
    if (this.#connections.size === 0 && this.#log.isEmpty) this.#alarm.scheduleEarlier();
  }

  nextRunAt(): number | undefined {
    // Asked first, since it is cheap, and decides for every room in use.
    if (this.#connections.size > 0 || !this.#log.isEmpty) return undefined;
    const until = this.#modules.storageNeededUntil();
    const isStored = until > 0 || this.#log.isStored;
    return isStored && Number.isFinite(until) ? until : undefined;
  }

  run(now: number): void {
    // The alarm of an unused room may be all that it has stored, so this does not ask whether anything is known to be.
    if (this.#connections.size > 0 || this.#modules.storageNeededUntil() > now) return;
    void this.#storage.deleteAll();
    this.#modules.onStorageDeleted();
  }
}
