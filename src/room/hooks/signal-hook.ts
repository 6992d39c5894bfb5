import { checkedJson } from "../../protocol/json.ts";
import { SIGNAL_BYTES } from "../../protocol/limits.ts";
import type { Signal } from "../ephemeral/signal-queue.ts";
import type { HookRunner } from "./hook-runner.ts";
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
        const changed = (result as Partial<SignalDraft>).data;
        if (changed === undefined) throw new TypeError("The data of a signal must be JSON.");
        const json = checkedJson(changed, "data of a signal", SIGNAL_BYTES);
        return { signal: { ...signal, data: JSON.parse(json) }, chars: json.length };
      },
    );
  }
}
