import { isolate } from "../isolate-errors.ts";
import { TaskFailures } from "./task-failures.ts";

/** Work that comes due while nobody asks for it. */
export type AlarmTask = {
  /** When it wants to run next, in milliseconds as of `Date.now()`; undefined where there is nothing to do. Cheap. */
  nextRunAt(): number | undefined;
  /** Does what is due by now, if anything. */
  run(now: number): void;
};

/** An alarm costs a written row and a wake, so work that is due at once waits this long for more of it. */
const SOONEST_MS = 1000;

/**
 * The one alarm of an object, shared by its tasks. A pending alarm, unlike a timer, lets the object sleep, and outlives it.
 *
 * A task that throws does not stop the others, and is tried again less and less often. So the alarm handler itself never throws:
 * the platform would call it again at most six times, and then drop the alarm.
 */
export class AlarmScheduler {
  readonly #storage: DurableObjectStorage;
  readonly #tasks: readonly (readonly [name: string, task: AlarmTask])[];
  readonly #failures: TaskFailures;
  /** When the alarm will ring, as far as this instance knows. */
  #set: number | undefined;

  /** @param tasks by name, in the order in which they run */
  constructor(storage: DurableObjectStorage, tasks: Readonly<Record<string, AlarmTask | undefined>>) {
    this.#storage = storage;
    this.#tasks = Object.entries(tasks).filter(
      (entry): entry is [string, AlarmTask] => entry[1] !== undefined,
    );
    this.#failures = new TaskFailures(storage);
  }

  /** To be called when something may have come to be due earlier. Sets the alarm only where it would ring too late. */
  scheduleEarlier(): void {
    const due = this.#next();
    if (due === undefined || (this.#set !== undefined && this.#set <= due)) return;
    const known = this.#set !== undefined;
    this.#set = due;
    if (known) void this.#storage.setAlarm(due);
    else void this.#setUnlessEarlier(due);
  }

  /** To be called when something may be due only later than was thought. Costs a row, where `consider` most often does not. */
  reschedule(): void {
    const due = this.#next();
    this.#set = due;
    if (due === undefined) void this.#storage.deleteAlarm();
    else void this.#storage.setAlarm(due);
  }

  /** The alarm rang. Never throws. */
  run(): void {
    this.#set = undefined;
    const now = Date.now();
    this.#failures.load();
    for (const [name, task] of this.#tasks) this.#runTask(name, task, now);
    const due = this.#next();
    if (due === undefined) return;
    this.#set = due;
    void this.#storage.setAlarm(due);
  }

  #runTask(name: string, task: AlarmTask, now: number): void {
    if (this.#failures.retryAt(name) > now) return;
    const isDone = isolate(`The alarm task ${name}`, () => {
      // After a wake a task may not know when it is due, and looks.
      if ((task.nextRunAt() ?? now) <= now) task.run(now);
      checkTime(task.nextRunAt());
    });
    if (isDone) this.#failures.clear(name);
    else this.#failures.add(name, now);
  }

  /** After a wake, an alarm may be set that this instance knows nothing of. */
  async #setUnlessEarlier(due: number): Promise<void> {
    const pending = await this.#storage.getAlarm();
    if (pending === null || pending > due) await this.#storage.setAlarm(Math.min(due, this.#set ?? due));
    else this.#set = pending;
  }

  #next(): number | undefined {
    const dues = this.#tasks
      .map(([name, task]) => this.#dueOf(name, task))
      .filter((due) => due !== undefined);
    return dues.length === 0 ? undefined : Math.max(Date.now() + SOONEST_MS, Math.min(...dues));
  }

  /** A task that failed is due when it may be tried again. */
  #dueOf(name: string, task: AlarmTask): number | undefined {
    const now = Date.now();
    const retryAt = this.#failures.retryAt(name);
    if (retryAt > now) return retryAt;
    let due: number | undefined;
    const isKnown = isolate(`The alarm task ${name}`, () => {
      due = checkTime(task.nextRunAt());
    });
    return isKnown ? due : this.#failures.add(name, now);
  }
}

/** @throws TypeError for what the platform takes for no time: that would leave all tasks without an alarm */
function checkTime(due: number | undefined): number | undefined {
  if (due === undefined || Number.isFinite(due)) return due;
  throw new TypeError(`${due} is not a time.`);
}
