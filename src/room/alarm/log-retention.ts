import type { RoomLog } from "../log/log.ts";
import type { RoomModule } from "../modules.ts";
import type { Session } from "../sessions/session.ts";

/** Trims the log to its retention, and keeps its epoch known while nothing of it is stored. */
export class LogRetention implements RoomModule {
  readonly name = "log retention";
  readonly #log: RoomLog;
  readonly #reader: { readonly deliveredSeq: number | undefined } | undefined;

  /** @param reader messages after its `deliveredSeq` are kept somewhat longer: it has not delivered them yet */
  constructor(log: RoomLog, reader: { readonly deliveredSeq: number | undefined } | undefined) {
    this.#log = log;
    this.#reader = reader;
  }

  onJoin(session: Session): void {
    if (!this.#log.isStored) session.epoch = this.#log.epoch;
  }

  nextRunAt(): number | undefined {
    return this.#log.trimDue(this.#reader?.deliveredSeq);
  }

  run(now: number): void {
    this.#log.trim(now, this.#reader?.deliveredSeq);
  }

  storageNeededUntil(): number {
    return this.#log.isEmpty ? 0 : Number.POSITIVE_INFINITY;
  }

  onStorageDeleted(): void {
    this.#log.onStorageDeleted();
  }
}
