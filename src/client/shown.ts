import type { Limits } from "../protocol/down.ts";
import type { Members } from "./members.ts";
import { stopTimer, type Timer } from "./surroundings.ts";
import { costOf, TokenBucket } from "./token-bucket.ts";

type Field = "state" | "name";
type Waiting = { event: string; isPaced: boolean };

/** Characters of signals that may wait for their turn. */
const QUEUE_CHARS = 256 * 1024;

/**
 * What this client shows of itself: its state and its name, anew to each session, and signals. They share one rate limit of the
 * service, and are sent no faster than that.
 */
export class Shown {
  readonly #members: Members;
  readonly #send: (event: string) => void;
  readonly #dropped: () => void;
  /** The events that show them. */
  readonly #fields = new Map<Field, string>();
  /** Of these the list knows better. */
  #refused = new Set<Field>();
  readonly #bucket = new TokenBucket();
  /** What waits for its turn, in order: of each key the latest. */
  readonly #waiting = new Map<string, Waiting>();
  #chars = 0;
  #unnamed = 0;
  #timer: Timer | undefined;
  /** Milliseconds from one signal with a key to the next, at half of the rate: the rest is for all else. And when the next may go. */
  #pace = 0;
  #pacedAt = 0;
  #isOpen = false;

  /** @param send sends over a live connection. @param dropped is called for each signal that finds no room in the queue */
  constructor(members: Members, send: (event: string) => void, dropped: () => void) {
    this.#members = members;
    this.#send = send;
    this.#dropped = dropped;
  }

  /** @throws TypeError where it is no JSON */
  show(field: Field, value: unknown): void {
    const event = JSON.stringify({ type: "presence", [field]: value });
    this.#refused.delete(field);
    this.#fields.set(field, event);
    this.#enqueue(field, event, false);
  }

  /** Something was refused, and it may have been either: such an error names no event. */
  refused(): void {
    this.#refused = new Set(this.#fields.keys());
  }

  /** The name that was given and accepted, to come back with. What was refused gives way to what the list has of this member. */
  accepted(): string | undefined {
    const { self } = this.#members;
    if (self) for (const field of this.#refused) this.show(field, self[field]);
    return this.#fields.get("name") && self?.name;
  }

  /** There is a new session: it is shown both, each by itself, so that what is refused takes nothing with it. */
  open({ signalRate, signalBurst }: Pick<Limits, "signalRate" | "signalBurst">): void {
    this.#bucket.limit(signalRate, signalBurst);
    this.#pace = signalRate && 2000 / signalRate;
    this.#isOpen = true;
    // The state first: others take a session that says anything for one that has said all.
    for (const field of ["state", "name"] as const) {
      const event = this.#fields.get(field);
      if (event) this.#enqueue(field, event, false);
    }
  }

  /** The connection is gone, and with it what is not worth keeping. */
  close(): void {
    this.#isOpen = false;
    this.#waiting.clear();
    this.#chars = 0;
    stopTimer(this.#timer);
  }

  /** @throws TypeError where it is no JSON */
  signal(data: unknown, options: { to?: string[]; key?: string }): void {
    const event = JSON.stringify({ ...options, type: "signal", data });
    const isPaced = !!options.key;
    this.#enqueue(isPaced ? JSON.stringify(options) : `${this.#unnamed++}`, event, isPaced);
  }

  #enqueue(key: string, event: string, isPaced: boolean): void {
    const chars = this.#chars + event.length - (this.#waiting.get(key)?.event.length ?? 0);
    if (!this.#isOpen) return;
    if (chars > QUEUE_CHARS) {
      this.#dropped();
      return;
    }
    this.#waiting.set(key, { event, isPaced });
    this.#chars = chars;
    this.#pump();
  }

  #pump(): void {
    stopTimer(this.#timer);
    const now = Date.now();
    let next = Infinity;
    for (const [key, { event, isPaced }] of this.#waiting) {
      const cost = costOf(event.length);
      const wait = Math.max(this.#bucket.wait(cost), isPaced ? this.#pacedAt - now : 0);
      next = Math.min(next, wait > 0 ? wait : Infinity);
      // Signals with a key hold nothing else up.
      if (wait > 0 && isPaced) continue;
      if (wait > 0) break;
      this.#waiting.delete(key);
      this.#chars -= event.length;
      this.#bucket.spend(cost);
      if (isPaced) this.#pacedAt = now + this.#pace;
      this.#send(event);
    }
    if (next < Infinity) this.#timer = setTimeout(() => this.#pump(), next);
  }
}
