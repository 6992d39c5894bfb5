import type { PresenceChange, Welcome } from "../protocol/down.ts";
import type { Emitter } from "./emitter.ts";
import type { RoomEvents } from "./events.ts";
import { Members } from "./members.ts";

/** What this client shows of itself, and what it sees of the others. */
export class Company<T> {
  readonly members = new Members();
  readonly #events: Emitter<RoomEvents<T>>;
  /** Undefined as long as there is nothing to show. */
  #shown: { name?: string; state?: unknown } | undefined;

  constructor(events: Emitter<RoomEvents<T>>) {
    this.#events = events;
  }

  get name(): string | undefined {
    return this.#shown?.name;
  }

  /** The event that shows it; it is shown anew to each session. */
  show(change: { name?: string; state?: unknown }): object {
    this.#shown = { ...this.#shown, ...change };
    return { ...change, type: "presence" };
  }

  /** The event for a new session; undefined where there is nothing to show. */
  again(): object | undefined {
    return this.#shown && this.show(this.#shown);
  }

  meet(frame: Welcome | PresenceChange): void {
    for (const { type, member } of this.members.take(frame)) this.#events.emit(type, member);
    this.#events.emit("members", this.members);
  }
}
