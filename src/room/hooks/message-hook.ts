import * as v from "valibot";
import { DormouseError, ERRORS } from "../../protocol/codes.ts";
import type { StoredOperation } from "../../protocol/room-api.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { AlarmScheduler } from "../alarm/alarm-scheduler.ts";
import type { RoomLog } from "../log/log.ts";
import type { RoomModule } from "../modules.ts";
import { AnswerLoop } from "./answer-loop.ts";
import { HOOK_TIMEOUT_MS, type HookRunner, HookTimeout } from "./hook-runner.ts";
import type { StoredMessage } from "./room-hooks.ts";
import { isOperation, storedMessageOf } from "./stored-message.ts";

const KEY = "dormouse message hook";

/** Messages that are read from the log at a time: number and bytes. */
const PAGE = { messages: 100, bytes: 256 * 1024 } as const;

/** The position is saved this often while messages follow each other: milliseconds. Each save is a written row. */
const SAVE_MS = 1000;

/** The wait before a message is tried again doubles from the first of these to the last: milliseconds. */
const RETRY_MS = { first: 1000, last: 300_000 } as const;

/** A message that fails for this long is skipped, and reported: milliseconds. */
const GIVE_UP_MS = 24 * 3_600_000;

/** A run that was lost with the object is repeated by the alarm after this time: milliseconds. */
const LOST_MS = 2 * HOOK_TIMEOUT_MS;

/** A call that timed out has this long to end before the next one may begin: milliseconds. */
const LATE_MS = 600_000;

const stateSchema = v.object({
  epoch: v.string(),
  /** The last message that the hook has seen. */
  seq: v.number(),
  /** Failures of the next message, since when it fails, and when it is tried again. */
  failures: v.number(),
  failingSince: v.number(),
  retryAt: v.number(),
});
type State = v.InferOutput<typeof stateSchema>;

type Parts = {
  storage: DurableObjectStorage;
  runner: HookRunner;
  log: RoomLog;
  alarm: AlarmScheduler;
  telemetry: Telemetry;
  ctx: DurableObjectState;
};

/**
 * Calls `onMessage` for each stored message and `onOperation` for each operation, in the order of the log, one at a time, and at least once: the position of the last call that
 * succeeded is stored. It never delays a flush. A hook that fails or hangs is called again for the same message, less and less often,
 * unless its error says that another try must fail as well.
 */
export class MessageHook implements RoomModule {
  readonly name = "message hook";
  readonly #parts: Parts;
  #state: State | undefined;
  #isStored = false;
  #isRunning = false;
  #lostAt = 0;
  #savedAt = 0;
  /** A call that timed out and has not ended holds the next one back until then; 0 where there is none. */
  #lateUntil = 0;
  /** Whether a message was deleted since the page was read that the hook is handling: the page may hold its content. */
  #isPageStale = false;
  /** The message that the hook is handling; undefined while it handles none. */
  #current: StoredMessage | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The seq after which messages are still needed. */
  get deliveredSeq(): number | undefined {
    return this.#position.seq;
  }

  /**
   * The message that the hook is handling, and so the cause of what server code in this object publishes now; undefined where it handles
   * none, and where another hook is running as well.
   */
  get cause(): StoredMessage | undefined {
    return this.#parts.runner.running === 1 ? this.#current : undefined;
  }

  onWake(): void {
    // Reads the position before anything is appended: a hook that is new to a room begins with the next message.
    void this.#position;
  }

  onAppend(): void {
    // In the turn of the first message, so that a crash does not make that one look as if it had been handled.
    if (!this.#isStored) this.#save(this.#position);
    this.#start(Date.now());
  }

  onRedact(): void {
    this.#isPageStale = true;
  }

  onErase(): void {
    this.#save({ ...FRESH, epoch: this.#parts.log.epoch, seq: 0 });
  }

  onImport(): void {
    const { epoch, last } = this.#parts.log;
    this.#save({ ...FRESH, epoch, seq: last });
  }

  onStorageDeleted(): void {
    this.#state = undefined;
    this.#isStored = false;
  }

  nextRunAt(): number | undefined {
    if (this.#isRunning) return this.#lostAt;
    return this.#hasBacklog ? Math.max(this.#position.retryAt, this.#lateUntil) : undefined;
  }

  run(now: number): void {
    this.#start(now);
  }

  storageNeededUntil(): number {
    return this.#hasBacklog ? Number.POSITIVE_INFINITY : 0;
  }

  get #hasBacklog(): boolean {
    return this.#parts.log.last > this.#position.seq;
  }

  get #position(): State {
    const { log, storage } = this.#parts;
    if (this.#state === undefined) {
      const stored = v.safeParse(stateSchema, storage.kv.get(KEY));
      this.#isStored = stored.success;
      this.#state = stored.success ? stored.output : { ...FRESH, epoch: log.epoch, seq: log.last };
    }
    // The log was erased, or begun anew, since the last look.
    if (this.#state.epoch !== log.epoch) this.#state = { ...FRESH, epoch: log.epoch, seq: 0 };
    return this.#state;
  }

  #save(state: State): void {
    this.#state = state;
    this.#isStored = true;
    this.#parts.storage.kv.put(KEY, state);
  }

  #start(now: number): void {
    if (this.#isRunning || !this.#hasBacklog || Math.max(this.#position.retryAt, this.#lateUntil) > now)
      return;
    this.#isRunning = true;
    this.#lostAt = now + LOST_MS;
    this.#parts.ctx.waitUntil(this.#runBacklog());
  }

  async #runBacklog(): Promise<void> {
    try {
      this.#savedAt = Date.now();
      while (this.#hasBacklog && (await this.#runNextPage()));
    } catch (error) {
      this.#parts.telemetry.fault("storage_failed", "The messages for onMessage could not be read", error);
      this.#fail(Date.now());
    } finally {
      this.#isRunning = false;
      // Where all storage was deleted meanwhile, nothing of it may come back.
      if (this.#parts.log.isStored) this.#save(this.#position);
      this.#parts.alarm.reschedule();
    }
  }

  /** @returns whether all of its calls succeeded */
  async #runNextPage(): Promise<boolean> {
    const { log } = this.#parts;
    this.#skipTrimmed();
    const { epoch, seq } = this.#position;
    this.#isPageStale = false;
    const { messages, within } = log.pages.after(seq, PAGE.messages, PAGE.bytes);
    for (const message of messages) {
      const current = storedMessageOf(message);
      this.#current = current;
      try {
        await this.#call(current);
      } catch (error) {
        if (error instanceof HookTimeout) this.#waitFor(error.settled);
        if (log.epoch === epoch && !isFinal(error)) {
          this.#fail(Date.now());
          return false;
        }
      } finally {
        this.#current = undefined;
      }
      // The room may have been erased meanwhile.
      if (log.epoch !== epoch) return this.#lateUntil === 0;
      if (!within.has(message.seq)) this.#moveTo({ ...FRESH, epoch, seq: message.seq });
      if (this.#isPageStale) return true;
    }
    return true;
  }

  /** Calls the hook for a message, or for an operation. A message that was deleted before its turn has no content to handle. */
  async #call(message: StoredMessage | StoredOperation): Promise<void> {
    const { runner } = this.#parts;
    const { onMessage, onOperation } = runner.hooks;
    if (isOperation(message)) {
      if (onOperation !== undefined)
        await runner.after("onOperation", () => runner.hooks.onOperation?.(message));
    } else if (onMessage !== undefined && message.deleted !== true)
      await runner.after("onMessage", () => runner.hooks.onMessage?.(message));
  }

  #moveTo(state: State): void {
    const now = Date.now();
    this.#state = state;
    this.#lostAt = now + LOST_MS;
    if (now - this.#savedAt < SAVE_MS) return;
    this.#save(state);
    this.#savedAt = now;
  }

  /** A call that timed out may still be at work, so the next one waits for its end. */
  #waitFor(settled: Promise<unknown>): void {
    const until = Date.now() + LATE_MS;
    this.#lateUntil = until;
    void settled.then(() => {
      if (this.#lateUntil !== until) return;
      this.#lateUntil = 0;
      this.#parts.alarm.reschedule();
    });
  }

  #fail(now: number): void {
    const state = this.#position;
    const failingSince = state.failures === 0 ? now : state.failingSince;
    if (now - failingSince >= GIVE_UP_MS) {
      const what = `onMessage failed for message ${state.seq + 1} for a day, so that message is skipped.`;
      this.#parts.runner.report(new Error(what), "onMessage");
      this.#save({ ...FRESH, epoch: state.epoch, seq: state.seq + 1 });
      return;
    }
    const wait = Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** state.failures);
    this.#save({ ...state, failures: state.failures + 1, failingSince, retryAt: now + wait });
  }

  /** Retention bounds the backlog: what is gone from the log cannot be handled any more. */
  #skipTrimmed(): void {
    const { log, runner } = this.#parts;
    const missing = log.floor - this.#position.seq;
    if (missing <= 0) return;
    runner.report(new Error(`${missing} messages were trimmed before onMessage handled them.`), "onMessage");
    this.#save({ ...FRESH, epoch: log.epoch, seq: log.floor });
  }
}

/** Whether another try of the same message must fail as well. */
function isFinal(error: unknown): boolean {
  if (error instanceof AnswerLoop) return true;
  if (!(error instanceof DormouseError) || error.code === "rate_limited") return false;
  const { status } = ERRORS[error.code];
  return status >= 400 && status < 500;
}

const FRESH = { failures: 0, failingSince: 0, retryAt: 0 } as const;
