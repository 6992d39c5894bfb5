import type { Signalled } from "../../protocol/down.ts";
import type { Broadcaster } from "../delivery/broadcaster.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import { Throttle } from "../throttle.ts";

/** UTF-16 code units of the signals that wait in one window. Further ones are refused. */
const MAX_WAITING_CHARS = 1024 * 1024;

/** UTF-16 code units of all frames of one window. Members to whom signals are addressed receive frames of their own. */
const MAX_ENCODED_CHARS = 8 * 1024 * 1024;

/** The answer to a signal that does not fit, and when to retry: milliseconds. */
export const TOO_MANY_SIGNALS = "More signals are on their way in this room than it takes at a time.";
export const TOO_MANY_SIGNALS_RETRY_MS = 1000;

/** A signal as a client sent it. `to`: member ids, absent for all. `key`: it replaces an unsent signal of the same key. */
export type Signal = {
  from: string;
  data: unknown;
  to?: readonly string[] | undefined;
  key?: string | undefined;
};

type WaitingSignal = { signal: Signalled; chars: number; to: readonly string[] | undefined };

/** Signals that wait to be sent: at most one frame to each session in a flush window, and nothing is stored. */
export class SignalQueue {
  readonly #connections: ConnectionManager;
  readonly #broadcaster: Broadcaster;
  readonly #throttle: Throttle;
  /** By sender, key and receivers, in the order in which they are sent. */
  readonly #waiting = new Map<string, WaitingSignal>();
  #chars = 0;
  /** The bytes of the signals to all. */
  #broadcastChars = 0;
  /** The bytes of the signals to some members, counted for each of them. */
  #directedChars = 0;
  /** How many waiting signals name each member. */
  readonly #receivers = new Map<string, number>();
  #nextSlot = 0;

  constructor({
    connections,
    broadcaster,
    windowMs,
  }: {
    connections: ConnectionManager;
    broadcaster: Broadcaster;
    windowMs: () => number;
  }) {
    this.#connections = connections;
    this.#broadcaster = broadcaster;
    this.#throttle = new Throttle(() => this.#send(), windowMs);
  }

  /**
   * Queues a signal. It replaces a waiting one with the same sender, key and receivers.
   * @param chars the length of its data
   * @returns false where too much waits already, and the signal is dropped
   */
  add({ from, data, to, key }: Signal, chars: number): boolean {
    const slot = key === undefined ? `${this.#nextSlot++}` : JSON.stringify([from, key, to]);
    // Members without a session are skipped, because no signal is delivered later.
    const receivers =
      to && [...new Set(to)].filter((member) => this.#connections.sessionsOf(member).size > 0);
    const next = { signal: { from, data }, chars: chars + (receivers?.join("").length ?? 0), to: receivers };
    // The newest signal is sent last, also where it replaces another.
    const replaced = this.#remove(slot);
    this.#insert(slot, next);
    if (this.#fits) {
      this.#throttle.request();
      return true;
    }
    this.#remove(slot);
    if (replaced !== undefined) this.#insert(slot, replaced);
    return false;
  }

  /** A member that is named receives a frame of its own, which also holds the signals to all. */
  get #fits(): boolean {
    const encoded = this.#broadcastChars * (this.#receivers.size + 1) + this.#directedChars;
    return this.#chars <= MAX_WAITING_CHARS && encoded <= MAX_ENCODED_CHARS;
  }

  #insert(slot: string, signal: WaitingSignal): void {
    this.#waiting.set(slot, signal);
    this.#count(signal, 1);
  }

  #remove(slot: string): WaitingSignal | undefined {
    const signal = this.#waiting.get(slot);
    this.#waiting.delete(slot);
    if (signal !== undefined) this.#count(signal, -1);
    return signal;
  }

  #count({ chars, to }: WaitingSignal, by: 1 | -1): void {
    this.#chars += by * chars;
    if (to === undefined) this.#broadcastChars += by * chars;
    else this.#directedChars += by * chars * to.length;
    for (const member of to ?? []) {
      const times = (this.#receivers.get(member) ?? 0) + by;
      if (times === 0) this.#receivers.delete(member);
      else this.#receivers.set(member, times);
    }
  }

  /** Sends one frame to all, and a frame to each member that is named, with its signals in the order in which they came. */
  #send(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#chars = 0;
    this.#broadcastChars = 0;
    this.#directedChars = 0;
    const directed = this.#emptyLists();
    this.#receivers.clear();
    const toAll: string[] = [];
    for (const { signal, to } of waiting) {
      const text = JSON.stringify(signal);
      if (to === undefined) {
        toAll.push(text);
        for (const signals of directed.values()) signals.push(text);
      } else for (const member of to) directed.get(member)?.push(text);
    }
    if (toAll.length > 0) this.#broadcaster.sendSignals(frameOf(toAll), directed);
    for (const [member, signals] of directed) this.#broadcaster.sendSignalsTo(member, frameOf(signals));
  }

  /** A list for each member that is named and has a session still. */
  #emptyLists(): Map<string, string[]> {
    const lists = new Map<string, string[]>();
    for (const member of this.#receivers.keys())
      if (this.#connections.sessionsOf(member).size > 0) lists.set(member, []);
    return lists;
  }
}

/** @param signals each encoded once, for all frames that hold it */
function frameOf(signals: readonly string[]): string {
  return `{"type":"signals","signals":[${signals.join(",")}]}`;
}
