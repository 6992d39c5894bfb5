import * as v from "valibot";
import type { Telemetry } from "../../telemetry/telemetry.ts";

/** The wait before a failed task is tried again doubles from the first of these to the last. */
const RETRY_MS = { first: 1000, last: 300_000 } as const;

const KEY = "dormouse task failures";

const failuresSchema = v.record(v.string(), v.object({ count: v.number(), retryAt: v.number() }));

/**
 * How often each alarm task failed in a row, and when it may be tried again. It is stored, because a room hibernates between two alarms
 * and would otherwise begin with the shortest wait each time. Nothing is stored while nothing fails.
 */
export class TaskFailures {
  readonly #storage: Pick<DurableObjectStorage, "kv">;
  readonly #telemetry: Telemetry;
  #failures: v.InferOutput<typeof failuresSchema> = {};
  #isLoaded = false;

  constructor(storage: Pick<DurableObjectStorage, "kv">, telemetry: Telemetry) {
    this.#storage = storage;
    this.#telemetry = telemetry;
  }

  /** Reads the failures from before a wake. Called when the alarm rings; until then, a task is at worst scheduled too early. */
  load(): void {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    const stored = v.safeParse(
      failuresSchema,
      this.#tryStorage(() => this.#storage.kv.get(KEY)),
    );
    if (stored.success) this.#failures = { ...stored.output, ...this.#failures };
  }

  /** When a task may be tried again: milliseconds, 0 where it did not fail. */
  retryAt(task: string): number {
    return this.#failures[task]?.retryAt ?? 0;
  }

  /** @returns when the task may be tried again */
  add(task: string, now: number): number {
    const count = (this.#failures[task]?.count ?? 0) + 1;
    const retryAt = now + Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** (count - 1));
    this.#failures[task] = { count, retryAt };
    this.#save();
    return retryAt;
  }

  /** Forgets the failures of a task that ran to its end. */
  clear(task: string): void {
    if (this.#failures[task] === undefined) return;
    delete this.#failures[task];
    this.#save();
  }

  #save(): void {
    const isEmpty = Object.keys(this.#failures).length === 0;
    this.#tryStorage(() => {
      if (isEmpty) this.#storage.kv.delete(KEY);
      else this.#storage.kv.put(KEY, this.#failures);
    });
  }

  /** Failing storage may be why a task failed. The wait is then in memory only. */
  #tryStorage<T>(use: () => T): T | undefined {
    try {
      return use();
    } catch (error) {
      this.#telemetry.fault("storage_failed", "The failures of alarm tasks could not be stored", error);
      return undefined;
    }
  }
}
