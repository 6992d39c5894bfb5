import type { RoomLog } from "../log/log.ts";
import type { RoomModule } from "../modules.ts";
import type { MessageForms } from "../operations/message-forms.ts";
import type { Session } from "../sessions/session.ts";

/** A reader of the log. Retention spares messages after its `deliveredSeq` for a while; undefined where none are. */
type LogReader = { readonly deliveredSeq: number | undefined };

/** Trims the log to its retention, and keeps its epoch known while nothing of it is stored. */
export class LogRetention implements RoomModule {
  readonly name = "log retention";
  readonly #log: RoomLog;
  readonly #forms: MessageForms;
  readonly #readers: readonly LogReader[];

  constructor(log: RoomLog, forms: MessageForms, readers: readonly (LogReader | undefined)[]) {
    this.#log = log;
    this.#forms = forms;
    this.#readers = readers.filter((reader) => reader !== undefined);
  }

  onJoin(session: Session): void {
    if (!this.#log.isStored) session.epoch = this.#log.epoch;
  }

  nextRunAt(): number | undefined {
    return this.#log.trimDue(this.#deliveredSeq);
  }

  run(now: number): void {
    this.#log.trim(now, this.#deliveredSeq);
    // A message takes its operations along.
    this.#forms.trim(this.#log.floor);
  }

  storageNeededUntil(): number {
    return this.#log.isEmpty ? 0 : Number.POSITIVE_INFINITY;
  }

  onStorageDeleted(): void {
    this.#log.onStorageDeleted();
  }

  /** The seq up to which the slowest reader has delivered. */
  get #deliveredSeq(): number | undefined {
    let slowest: number | undefined;
    for (const { deliveredSeq } of this.#readers)
      if (deliveredSeq !== undefined) slowest = Math.min(deliveredSeq, slowest ?? deliveredSeq);
    return slowest;
  }
}
