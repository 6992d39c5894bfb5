import type { Signalled } from "../../protocol/down.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import { Throttle } from "../throttle.ts";

/** UTF-16 code units that wait in one window; what comes on top of them is refused. */
const WAITING_CHARS = 1024 * 1024;

/** UTF-16 code units of all frames that one window makes, where members are sent frames of their own. */
const ENCODED_CHARS = 8 * 1024 * 1024;

/** Why a signal was not taken, and when the next may be: milliseconds. */
export const TOO_MANY_SIGNALS = "More signals are on their way in this room than it takes at a time.";
export const TOO_MANY_SIGNALS_MS = 1000;

type Waiting = { signal: Signalled; chars: number; to: readonly string[] | undefined };

/** A signal as it came: ephemeral data of a member, for all or for some, the latest of its key or one of many. */
export type Signal = {
  from: string;
  data: unknown;
  to?: readonly string[] | undefined;
  key?: string | undefined;
};

/** Signals on their way: at most one frame to each session in a flush window, and nothing stored. */
export class SignalQueue {
  readonly #connections: ConnectionManager;
  readonly #window: Throttle;
  readonly #waiting = new Map<string, Waiting>();
  #chars = 0;
  /** Of those for all; and of those for some, times their receivers. */
  #broadcastChars = 0;
  #directedChars = 0;
  /** How often each member is named by what waits. */
  readonly #named = new Map<string, number>();
  #unnamed = 0;

  /** @param window its length in milliseconds */
  constructor(connections: ConnectionManager, window: () => number) {
    this.#connections = connections;
    this.#window = new Throttle(() => this.#send(), window);
  }

  /**
   * A newer signal takes the place of one with the same sender, key and receivers that still waits.
   * @param chars how long its data is
   * @returns false where too much waits already: it is dropped
   */
  add({ from, data, to, key }: Signal, chars: number): boolean {
    const slot = key === undefined ? `${this.#unnamed++}` : JSON.stringify([from, key, to]);
    // Members who are not here are passed over: nobody is sent a signal later.
    const receivers =
      to && [...new Set(to)].filter((member) => this.#connections.sessionsOf(member).size > 0);
    const all = chars + (receivers?.join("").length ?? 0);
    const next = { signal: { from, data }, chars: all, to: receivers };
    // The newest is the last to go out, also where it takes another's place.
    const earlier = this.#remove(slot);
    this.#insert(slot, next);
    if (this.#fits) {
      this.#window.request();
      return true;
    }
    this.#remove(slot);
    if (earlier !== undefined) this.#insert(slot, earlier);
    return false;
  }

  /** Members who are named get frames of their own, with the signals for all in them. */
  get #fits(): boolean {
    const encoded = this.#broadcastChars * (this.#named.size + 1) + this.#directedChars;
    return this.#chars <= WAITING_CHARS && encoded <= ENCODED_CHARS;
  }

  #insert(slot: string, waiting: Waiting): void {
    this.#waiting.set(slot, waiting);
    this.#count(waiting, 1);
  }

  #remove(slot: string): Waiting | undefined {
    const waiting = this.#waiting.get(slot);
    this.#waiting.delete(slot);
    if (waiting !== undefined) this.#count(waiting, -1);
    return waiting;
  }

  #count({ chars, to }: Waiting, by: 1 | -1): void {
    this.#chars += by * chars;
    if (to === undefined) this.#broadcastChars += by * chars;
    else this.#directedChars += by * chars * to.length;
    for (const member of to ?? []) {
      const times = (this.#named.get(member) ?? 0) + by;
      if (times === 0) this.#named.delete(member);
      else this.#named.set(member, times);
    }
  }

  /** One frame for all, but for those who are named: each of them gets one of its own, in the order in which its signals came. */
  #send(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#chars = 0;
    this.#broadcastChars = 0;
    this.#directedChars = 0;
    const own = this.#ownLists();
    this.#named.clear();
    const all: string[] = [];
    for (const { signal, to } of waiting) {
      const text = JSON.stringify(signal);
      if (to === undefined) {
        all.push(text);
        for (const signals of own.values()) signals.push(text);
      } else for (const member of to) own.get(member)?.push(text);
    }
    if (all.length > 0) this.#connections.broadcastSignals(frameOf(all), own);
    for (const [member, signals] of own) this.#connections.signal(member, frameOf(signals));
  }

  /** A list of signals for each member who is named and here: nothing is made for anybody else. */
  #ownLists(): Map<string, string[]> {
    const own = new Map<string, string[]>();
    for (const member of this.#named.keys())
      if (this.#connections.sessionsOf(member).size > 0) own.set(member, []);
    return own;
  }
}

/** Each signal is encoded once, for however many frames. */
function frameOf(signals: readonly string[]): string {
  return `{"type":"signals","signals":[${signals.join(",")}]}`;
}
