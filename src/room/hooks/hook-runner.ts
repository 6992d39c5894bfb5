import { DormouseError } from "../../protocol/codes.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { waitAtMost } from "../../time/time-limit.ts";
import { isolate } from "../isolate-errors.ts";
import type { HookName, RoomHooks } from "./room-hooks.ts";

/** An asynchronous hook that takes longer than this counts as failed: milliseconds. */
export const HOOK_TIMEOUT_MS = 30_000;

/** The same for `onStart`. The platform resets an object that is not ready after 30 seconds. */
const START_TIMEOUT_MS = 25_000;

/** An asynchronous hook took too long. `settled` resolves once its call ends after all. */
export class HookTimeout extends Error {
  readonly settled: Promise<unknown>;

  constructor(name: HookName, timeoutMs: number, settled: Promise<unknown>) {
    super(`${name} took longer than ${timeoutMs / 1000} seconds.`);
    this.settled = settled;
  }
}

/** A mistake of a hook that its client learns of by a code of its own. Unlike a refusal by `reject`, it is reported. */
export class HookFault extends DormouseError {}

/** Calls hooks, and keeps their errors away from the room. */
export class HookRunner {
  readonly hooks: RoomHooks;
  readonly #storage: DurableObjectStorage;
  readonly #telemetry: Telemetry;
  readonly #onRollback: (() => void)[] = [];
  /** Work that waits for the end of the transaction. */
  #deferred: (() => void)[] = [];
  #depth = 0;
  #running = 0;
  #isStarted = true;

  constructor(hooks: RoomHooks, storage: DurableObjectStorage, telemetry: Telemetry) {
    this.hooks = hooks;
    this.#storage = storage;
    this.#telemetry = telemetry;
  }

  /** Runs `onStart`. Until it has succeeded, the room refuses all clients. */
  async start(): Promise<void> {
    this.#isStarted = false;
    try {
      await this.after("onStart", () => this.hooks.onStart?.(), START_TIMEOUT_MS);
      this.#isStarted = true;
    } catch {
      // It was reported. The next wake tries again.
    }
  }

  /** Whether `onStart` has succeeded. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Refuses clients of a room whose `onStart` failed. */
  checkStarted(): DormouseError | undefined {
    if (this.#isStarted) return undefined;
    return new DormouseError(
      "hook_failed",
      "The server's onStart failed, so the room is closed until it succeeds. The log of the server has the reason.",
    );
  }

  /** How many asynchronous hooks are running. */
  get running(): number {
    return this.#running;
  }

  /** Whether a synchronous hook is running. */
  get isInHook(): boolean {
    return this.#depth > 0;
  }

  /**
   * Runs something now, or after the transaction of the hook that is running, whether that commits or not. All that a hook makes the room
   * do goes this way: what the room stores on its own account must not be rolled back with the writes of the hook.
   */
  defer(run: () => void): void {
    if (this.#depth === 0) run();
    else this.#deferred.push(run);
  }

  /** Adds a listener for transactions that are rolled back: what it knows of its tables may be wrong from then on. */
  onRollback(listener: () => void): void {
    this.#onRollback.push(listener);
  }

  /** Runs something in a transaction, which may be one within another. */
  transaction<Result>(run: () => Result): Result {
    this.#depth++;
    try {
      return this.#storage.transactionSync(run);
    } catch (error) {
      for (const listener of this.#onRollback) listener();
      throw error;
    } finally {
      this.#depth--;
      // After this turn's own frames, so that a client learns why it was refused before it is kicked.
      if (this.#depth === 0 && this.#deferred.length > 0) queueMicrotask(() => this.#runDeferred());
    }
  }

  #runDeferred(): void {
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const run of deferred) isolate(this.#telemetry, "hook_failed", "Work that a hook began", run);
  }

  /**
   * Calls a synchronous hook, and takes its result. What the hook writes is rolled back where either throws.
   * @throws DormouseError the one that the hook threw by `reject`, a `HookFault` such as `hook_async`, or `hook_failed`
   */
  before<Result>(name: HookName, call: () => unknown, take: (result: unknown) => Result): Result {
    try {
      return this.transaction(() => {
        const result = call();
        if (!isPromise(result)) return take(result);
        // Its outcome comes too late to decide anything.
        result.then(undefined, (error: unknown) => this.report(error, name));
        throw new HookFault("hook_async", `The server's ${name} returned a promise. It must be synchronous.`);
      });
    } catch (error) {
      const isAnswer = error instanceof DormouseError;
      if (!isAnswer || error instanceof HookFault) this.report(error, name);
      if (isAnswer) throw error;
      throw new DormouseError(
        "hook_failed",
        `The server's ${name} failed, so nothing was done. The log of the server has the reason.`,
      );
    }
  }

  /**
   * Calls a hook that may be asynchronous, and waits for it.
   * @throws whatever the hook throws, and an error where it takes too long; both are reported
   */
  async after<Result>(
    name: HookName,
    call: () => Result | Promise<Result>,
    timeoutMs = HOOK_TIMEOUT_MS,
  ): Promise<Result> {
    this.#running++;
    const result = (async () => await call())();
    try {
      return await waitAtMost(timeoutMs, result, () => {
        throw new HookTimeout(name, timeoutMs, result.then(ignore, ignore));
      });
    } catch (error) {
      this.report(error, name);
      throw error;
    } finally {
      this.#running--;
    }
  }

  /** Logs the error of a hook, and hands it to `onError`. */
  report(error: unknown, name: HookName): void {
    this.#telemetry.fault("hook_failed", `The hook ${name}`, error);
    const onFailure = (second: unknown) => this.#telemetry.fault("hook_failed", "The hook onError", second);
    try {
      const result = this.hooks.onError?.(error, name);
      if (isPromise(result)) result.then(undefined, onFailure);
    } catch (second) {
      onFailure(second);
    }
  }
}

function ignore(): void {}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
