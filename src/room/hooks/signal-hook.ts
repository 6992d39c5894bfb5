import { DormouseError } from "../../protocol/errors.ts";
import { checkedJson } from "../../protocol/json.ts";
import { SIGNAL_BYTES } from "../../protocol/limits.ts";
import type { Signal } from "../ephemeral/signal-queue.ts";
import { HookFault, type HookRunner } from "./hook-runner.ts";
import type { Author, SignalDraft } from "./room-hooks.ts";

/** Calls `onSignal` for signals from outside. */
export class SignalHook {
  readonly #runner: HookRunner;

  constructor(runner: HookRunner) {
    this.#runner = runner;
  }

  /**
   * The signal as the hook leaves it, and the length of its data.
   * @throws DormouseError where the hook refuses the signal, fails, or returns what cannot be sent
   */
  apply(signal: Signal, chars: number, author: Author): { signal: Signal; chars: number } {
    const { hooks } = this.#runner;
    if (hooks.onSignal === undefined) return { signal, chars };
    const { from, data, to, key } = signal;
    const draft: SignalDraft = {
      from,
      // A copy, since what the hook changes without returning it must not be sent unchecked.
      data: structuredClone(data),
      ...(to === undefined ? {} : { to }),
      ...(key === undefined ? {} : { key }),
    };
    return this.#runner.before(
      "onSignal",
      () => hooks.onSignal?.(draft, author),
      (result) => {
        if (result === undefined) return { signal, chars };
        if (typeof result !== "object" || result === null)
          throw new TypeError("onSignal returns a signal, or nothing.");
        const changed: Partial<SignalDraft> = result;
        const others = { ...draft, ...changed };
        if (others.from !== from || others.key !== key || String(others.to) !== String(to))
          throw new TypeError("onSignal can change the data of a signal, not its from, to or key.");
        const json = jsonOf(changed.data);
        return { signal: { ...signal, data: JSON.parse(json) }, chars: json.length };
      },
    );
  }
}

/** @throws TypeError, HookFault `too_big` */
function jsonOf(data: unknown): string {
  if (data === undefined) throw new TypeError("The data of a signal must be JSON.");
  try {
    return checkedJson(data, "data of a signal", SIGNAL_BYTES);
  } catch (error) {
    if (error instanceof DormouseError && error.code === "too_big")
      throw new HookFault("too_big", `The server's onSignal made a signal that is too big. ${error.message}`);
    throw new TypeError("The data of a signal must be JSON.");
  }
}
