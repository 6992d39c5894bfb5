import type { Audience } from "../audience/audience.ts";
import { Window } from "../audience/window.ts";
import type { Signalled } from "../protocol/down.ts";

/** UTF-16 code units that wait in one window; what comes on top of them is refused. */
const WAITING_CHARS = 1024 * 1024;

/** Why a signal was not taken, and when the next may be: milliseconds. */
export const TOO_MANY_SIGNALS = "More signals are on their way in this room than it takes at a time.";
export const TOO_MANY_SIGNALS_MS = 1000;

type Waiting = { signal: Signalled; chars: number; to: readonly string[] | undefined };

/** A signal as it came: ephemeral data of a member, for all or for some, the latest of its key or one of many. */
export type NewSignal = {
  from: string;
  data: unknown;
  to?: readonly string[] | undefined;
  key?: string | undefined;
};

/** Signals on their way: at most one frame to each session in a flush window, and nothing stored. */
export class Signals {
  readonly #audience: Audience;
  readonly #window: Window;
  readonly #waiting = new Map<string, Waiting>();
  #chars = 0;
  #unnamed = 0;

  /** @param window its length in milliseconds */
  constructor(audience: Audience, window: () => number) {
    this.#audience = audience;
    this.#window = new Window(() => this.#send(), window);
  }

  /**
   * A newer signal takes the place of one with the same sender, key and receivers that still waits.
   * @param chars how long its data is
   * @returns false where too much waits already: it is dropped
   */
  add({ from, data, to, key }: NewSignal, chars: number): boolean {
    const slot = key === undefined ? `${this.#unnamed++}` : JSON.stringify([from, key, to]);
    const earlier = this.#waiting.get(slot);
    const all = chars + (to?.join("").length ?? 0);
    const waiting = this.#chars - (earlier?.chars ?? 0) + all;
    if (waiting > WAITING_CHARS) return false;
    this.#chars = waiting;
    // The newest is the last to go out, also where it takes another's place.
    this.#waiting.delete(slot);
    this.#waiting.set(slot, { signal: { from, data }, chars: all, to });
    this.#window.stir();
    return true;
  }

  /** One frame for all, but for those who are named: each of them gets one of its own, in the order in which its signals came. */
  #send(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#chars = 0;
    const own = this.#named(waiting);
    const all: string[] = [];
    for (const { signal, to } of waiting) {
      const text = JSON.stringify(signal);
      if (to === undefined) {
        all.push(text);
        for (const signals of own.values()) signals.push(text);
      } else for (const member of new Set(to)) own.get(member)?.push(text);
    }
    if (all.length > 0) this.#audience.broadcastSignals(frameOf(all), own);
    for (const [member, signals] of own) this.#audience.signal(member, frameOf(signals));
  }

  /** Those that are named, and are here: for anybody else nothing is to be made. */
  #named(waiting: readonly Waiting[]): Map<string, string[]> {
    const named = new Set(waiting.flatMap(({ to = [] }) => to));
    const own = new Map<string, string[]>();
    if (named.size === 0) return own;
    for (const { member } of this.#audience.sessions()) if (named.has(member)) own.set(member, []);
    return own;
  }
}

/** Each signal is encoded once, for however many frames. */
function frameOf(signals: readonly string[]): string {
  return `{"type":"signals","signals":[${signals.join(",")}]}`;
}
