import type { Members } from "./members.ts";

type Fields = { state?: string; name?: string };
type Field = keyof Fields;

/** What this client shows of itself: its state and its name, anew to each session, and what passes. */
export class Shown {
  readonly #members: Members;
  readonly #send: (event: string) => void;
  /** The events that show them. */
  readonly #fields: Fields = {};
  /** Of these the list knows better. */
  #refused = new Set<string>();
  /** Signals with a key that wait, the latest of each; and whether it is too soon for the next. */
  readonly #waiting = new Map<string, string>();
  #isSoon = false;
  /** Milliseconds from one of them to the next, at half of the rate: the rest is for other signals, state and name. 0: no limit. */
  #pace = 0;

  /** @param send sends over a live connection, or not at all */
  constructor(members: Members, send: (event: string) => void) {
    this.#members = members;
    this.#send = send;
  }

  /** @throws TypeError where it is no JSON */
  show(field: Field, value: unknown): void {
    const event = JSON.stringify({ type: "presence", [field]: value });
    this.#refused.delete(field);
    this.#fields[field] = event;
    this.#send(event);
  }

  /** Something was refused, and it may have been either: such an error names no event. */
  refused(): void {
    this.#refused = new Set(Object.keys(this.#fields));
  }

  /** The name that was given and accepted, to come back with. What was refused gives way to what the list has of this member. */
  accepted(): string | undefined {
    const { self } = this.#members;
    if (self) for (const field of this.#refused) this.show(field as Field, self[field as Field]);
    return this.#fields.name && self?.name;
  }

  /** Shows it to a new session, each by itself: what is refused takes nothing with it. The name is known at the door. */
  again(signalRate: number): void {
    this.#pace = signalRate && 2000 / signalRate;
    for (const event of [this.#fields.state, this.#fields.name]) if (event) this.#send(event);
  }

  /** @throws TypeError where it is no JSON */
  signal(data: unknown, options: { to?: string[]; key?: string }): void {
    const event = JSON.stringify({ ...options, type: "signal", data });
    if (options.key && this.#pace) {
      this.#waiting.set(JSON.stringify(options), event);
      if (!this.#isSoon) this.#next();
    } else this.#send(event);
  }

  #next(): void {
    const [first] = this.#waiting;
    this.#isSoon = !!first;
    if (!first) return;
    this.#waiting.delete(first[0]);
    this.#send(first[1]);
    setTimeout(() => this.#next(), this.#pace);
  }
}
