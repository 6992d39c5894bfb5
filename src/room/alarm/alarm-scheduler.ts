import { isolateTelemetry } from "../../telemetry/isolate-telemetry.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { isolate } from "../isolate-errors.ts";
import type { RoomModule } from "../modules.ts";
import { TaskFailures } from "./task-failures.ts";

/** The part of a module that the alarm runs. */
export type AlarmTask = Pick<RoomModule, "name" | "nextRunAt" | "run">;

/** An alarm costs a written row and a wake, so it waits this long for more work to become due: milliseconds. */
const MIN_DELAY_MS = 1000;

/** The platform takes no alarm after the year 2189. A task that is due later than this is looked at again then: milliseconds. */
const MAX_DELAY_MS = 365 * 86_400_000;

/**
 * Runs the tasks of all modules by the object's one alarm. A pending alarm lets the object hibernate, and outlives it, unlike a timer.
 *
 * A task that throws does not stop the others, and is tried again less and less often. The alarm handler itself never throws: the
 * platform would call it again at most six times, and then drop the alarm.
 */
export class AlarmScheduler {
  readonly #storage: DurableObjectStorage;
  readonly #tasks: Iterable<AlarmTask>;
  readonly #failures: TaskFailures;
  readonly #telemetry: Telemetry;
  /** When the alarm will ring, as far as this instance knows. */
  #alarmAt: number | undefined;

  /** @param tasks in the order in which they run */
  constructor(
    storage: DurableObjectStorage,
    tasks: Iterable<AlarmTask>,
    telemetry: Telemetry = isolateTelemetry,
  ) {
    this.#storage = storage;
    this.#tasks = tasks;
    this.#failures = new TaskFailures(storage, telemetry);
    this.#telemetry = telemetry;
  }

  /** To be called when a task may be due earlier than before. Sets the alarm only if it would ring too late. */
  scheduleEarlier(): void {
    const next = this.#nextRunAt();
    if (next === undefined || (this.#alarmAt !== undefined && this.#alarmAt <= next)) return;
    const isKnown = this.#alarmAt !== undefined;
    this.#alarmAt = next;
    if (isKnown) void this.#storage.setAlarm(next);
    else void this.#setUnlessEarlier(next);
  }

  /** To be called when a task may be due later than before. Costs a row each time, which `scheduleEarlier` mostly does not. */
  reschedule(): void {
    const next = this.#nextRunAt();
    this.#alarmAt = next;
    if (next === undefined) void this.#storage.deleteAlarm();
    else void this.#storage.setAlarm(next);
  }

  /** A transaction was rolled back, and with it the alarm, where it was set in there. */
  onRollback(): void {
    this.#alarmAt = undefined;
  }

  /** Runs the tasks that are due. Never throws. */
  run(): void {
    this.#alarmAt = undefined;
    const now = Date.now();
    this.#failures.load();
    for (const task of this.#tasks) if (task.run !== undefined) this.#run(task, now);
    const next = this.#nextRunAt();
    if (next === undefined) return;
    this.#alarmAt = next;
    void this.#storage.setAlarm(next);
  }

  #run(task: AlarmTask, now: number): void {
    if (this.#failures.retryAt(task.name) > now) return;
    const hasRun = this.#isolate(task, () => {
      // After a wake a task may not know when it is due, and then it looks.
      if ((task.nextRunAt?.() ?? now) <= now) task.run?.(now);
      checkTime(task.nextRunAt?.());
    });
    if (hasRun) this.#failures.clear(task.name);
    else this.#failures.add(task.name, now);
  }

  #isolate({ name }: AlarmTask, run: () => void): boolean {
    return isolate(this.#telemetry, "alarm_failed", `The alarm task ${name}`, run);
  }

  /** After a wake, an alarm may be set that this instance does not know of. */
  async #setUnlessEarlier(next: number): Promise<void> {
    const pending = await this.#storage.getAlarm();
    if (pending === null || pending > next)
      await this.#storage.setAlarm(Math.min(next, this.#alarmAt ?? next));
    else this.#alarmAt = pending;
  }

  #nextRunAt(): number | undefined {
    let earliest: number | undefined;
    for (const task of this.#tasks) {
      const next = this.#nextRunOf(task);
      if (next !== undefined) earliest = Math.min(next, earliest ?? next);
    }
    if (earliest === undefined) return undefined;
    const now = Date.now();
    return Math.min(Math.max(now + MIN_DELAY_MS, earliest), now + MAX_DELAY_MS);
  }

  /** A task that failed is due when it may be tried again. */
  #nextRunOf(task: AlarmTask): number | undefined {
    if (task.nextRunAt === undefined) return undefined;
    const now = Date.now();
    const retryAt = this.#failures.retryAt(task.name);
    if (retryAt > now) return retryAt;
    let next: number | undefined;
    const isKnown = this.#isolate(task, () => {
      next = checkTime(task.nextRunAt?.());
    });
    return isKnown ? next : this.#failures.add(task.name, now);
  }
}

/** @throws TypeError for a number that the platform does not take for a time, which would leave all tasks without an alarm */
function checkTime(time: number | undefined): number | undefined {
  if (time === undefined || Number.isFinite(time)) return time;
  throw new TypeError(`${time} is not a time.`);
}
