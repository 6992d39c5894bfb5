import type { Limits } from "../frames.ts";
import { MAX_EPHEMERAL_SIZE } from "../limits.ts";
import type { Members } from "../members.ts";
import { clearTimer, type Timer } from "../platform.ts";
import { costOf, TokenBucket } from "./token-bucket.ts";

type PresenceField = "state" | "name";
type QueuedEvent = { event: string; isKeyed: boolean };

/**
 * Sends this client's signals, state and name. They share one rate limit of the service, and the queue sends no faster than that. It
 * sends the state and the name again to each new session.
 */
export class EphemeralQueue {
  readonly #members: Members;
  readonly #send: (event: string) => void;
  readonly #dropped: () => void;
  /** The events that set the state and the name. */
  readonly #presence = new Map<PresenceField, string>();
  /** Fields that the server may have refused: the member list holds the accepted value. */
  #refused = new Set<PresenceField>();
  readonly #bucket = new TokenBucket();
  /** The queued events in order; of each key the latest. */
  readonly #queue = new Map<string, QueuedEvent>();
  #chars = 0;
  #unkeyed = 0;
  #timer: Timer | undefined;
  /** Milliseconds between two signals with a key, at half of the rate (the rest is for other events), and when the next may go. */
  #keyedInterval = 0;
  #nextKeyedAt = 0;
  #isConnected = false;

  /** @param send sends over a live connection @param dropped is called for each event that finds no room in the queue */
  constructor(members: Members, send: (event: string) => void, dropped: () => void) {
    this.#members = members;
    this.#send = send;
    this.#dropped = dropped;
  }

  /** @throws TypeError where the value is not JSON */
  set(field: PresenceField, value: unknown): void {
    const event = JSON.stringify({ type: "presence", [field]: value });
    this.#refused.delete(field);
    this.#presence.set(field, event);
    this.#enqueue(field, event, false);
  }

  /** The server refused an event. Its error names no event, so it may have been either field. */
  refused(): void {
    this.#refused = new Set(this.#presence.keys());
  }

  /** The accepted name, for the next attempt. A field that was refused returns to its value in the member list. */
  name(): string | undefined {
    const { self } = this.#members;
    if (self) for (const field of this.#refused) this.set(field, self[field]);
    return this.#presence.get("name") && self?.name;
  }

  /** A session has begun. It gets the state and the name in separate events, so that one may be refused without the other. */
  connected({ signalRate, signalBurst }: Pick<Limits, "signalRate" | "signalBurst">): void {
    this.#bucket.limit(signalRate, signalBurst);
    this.#keyedInterval = signalRate && 2000 / signalRate;
    this.#isConnected = true;
    // The state goes first: from a session's first event on, its state replaces that of the session before.
    for (const field of ["state", "name"] as const) {
      const event = this.#presence.get(field);
      if (event) this.#enqueue(field, event, false);
    }
  }

  /** The connection is gone. Queued signals are dropped. */
  disconnected(): void {
    this.#isConnected = false;
    this.#queue.clear();
    this.#chars = 0;
    clearTimer(this.#timer);
  }

  /** @throws TypeError where the data is not JSON */
  signal(data: unknown, options: { to?: string[]; key?: string }): void {
    const event = JSON.stringify({ ...options, type: "signal", data });
    const isKeyed = !!options.key;
    this.#enqueue(isKeyed ? JSON.stringify(options) : `${this.#unkeyed++}`, event, isKeyed);
  }

  #enqueue(key: string, event: string, isKeyed: boolean): void {
    const chars = this.#chars + event.length - (this.#queue.get(key)?.event.length ?? 0);
    if (!this.#isConnected) return;
    if (chars > MAX_EPHEMERAL_SIZE) this.#dropped();
    else {
      this.#queue.set(key, { event, isKeyed });
      this.#chars = chars;
      this.#pump();
    }
  }

  #pump(): void {
    clearTimer(this.#timer);
    const now = Date.now();
    let next = Infinity;
    for (const [key, { event, isKeyed }] of this.#queue) {
      const cost = costOf(event.length);
      const wait = Math.max(this.#bucket.wait(cost), isKeyed ? this.#nextKeyedAt - now : 0);
      if (wait > 0) {
        next = Math.min(next, wait);
        // A signal with a key does not delay the events after it.
        if (isKeyed) continue;
        break;
      }
      this.#queue.delete(key);
      this.#chars -= event.length;
      this.#bucket.spend(cost);
      if (isKeyed) this.#nextKeyedAt = now + this.#keyedInterval;
      this.#send(event);
    }
    if (next < Infinity) this.#timer = setTimeout(() => this.#pump(), next);
  }
}
