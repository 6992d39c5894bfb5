import type { AlarmScheduler } from "../alarm/alarm-scheduler.ts";
import type { HookRunner } from "../hooks/hook-runner.ts";
import type { RoomLog } from "../log/log.ts";
import type { RoomModule } from "../modules.ts";
import type { FormRows } from "./form-rows.ts";
import type { MessageForms } from "./message-forms.ts";
import { OperationPlan } from "./operation-plan.ts";

/** A stream that got no append for this long is stored: milliseconds. */
const IDLE_MS = 2000;

type Parts = {
  log: RoomLog;
  forms: MessageForms;
  rows: FormRows;
  runner: HookRunner;
  alarm: AlarmScheduler;
  messageBytes: number;
};

/** Edits, deletions, appends and reactions: makes the plan of each flush, and stores streams that are idle. */
export class Operations implements RoomModule {
  readonly name = "operations";
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.runner.onRollback(() => parts.rows.forget());
  }

  /** @param at the time of the messages of the flush: milliseconds */
  plan(at: number): OperationPlan {
    return new OperationPlan({ ...this.#parts, now: Date.now(), at });
  }

  onErase(): void {
    this.#parts.forms.trim(Number.MAX_SAFE_INTEGER);
    this.#parts.forms.reset();
  }

  onImport(): void {
    this.#parts.forms.reset();
  }

  onStorageDeleted(): void {
    this.#parts.forms.reset();
  }

  nextRunAt(): number | undefined {
    const { forms } = this.#parts;
    if (!forms.exist) return undefined;
    let next: number | undefined;
    for (const { appendedAt } of forms.streams.values())
      next = Math.min(appendedAt + IDLE_MS, next ?? Number.POSITIVE_INFINITY);
    return next;
  }

  run(now: number): void {
    const { forms, rows } = this.#parts;
    if (!forms.exist) return;
    for (const [target, { form, appendedAt }] of [...forms.streams]) {
      if (appendedAt + IDLE_MS > now) continue;
      rows.put(form);
      rows.unlist("streams", target);
      forms.set(form, undefined);
    }
  }
}
