import { type Signal, signal } from "@preact/signals";
import type { CoreRoom as Room, RoomError } from "../../client/core.ts";
import type { Tap } from "../frames/tap.ts";
import type { Said } from "./message.ts";
import { forgetUnsent, isKept, keepUnsent, loadUnsent, newId, progressOf, type Unsent } from "./unsent.ts";

const PROGRESS_MS = 120;

/** What was said in a room, until it has arrived there. */
export class Outgoing {
  readonly unsent: Signal<readonly Unsent[]>;
  /** Of files on their way: how much of each has left the browser, by id. */
  readonly progress = signal<ReadonlyMap<string, number>>(new Map());
  readonly #name: string;
  readonly #tap: Tap;
  readonly #idle: () => void;
  readonly #publishing = new Set<Promise<void>>();
  /** The ids that the browser keeps, or kept until a tab took one away. */
  readonly #kept: Set<string>;
  #room: Room<Said> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  /** @param idle is called when something has arrived or was refused, and nothing else is on its way */
  constructor(name: string, tap: Tap, idle: () => void) {
    this.unsent = signal(loadUnsent(name));
    this.#kept = new Set(this.unsent.peek().map(({ id }) => id));
    this.#name = name;
    this.#tap = tap;
    this.#idle = idle;
  }

  get isIdle(): boolean {
    return this.#publishing.size === 0;
  }

  /** By this connection from now on; what is not sent goes out by it under the ids that it has. */
  over(room: Room<Said>): void {
    this.#room = room;
    this.look();
    for (const unsent of this.unsent.peek()) if (unsent.why === undefined) this.#publish(unsent);
  }

  say(said: Unsent["said"]): void {
    const unsent: Unsent = { id: newId(), at: Date.now(), said };
    this.#keep(unsent);
    this.unsent.value = [...this.unsent.value, unsent];
    this.#publish(unsent);
  }

  retry(id: string): void {
    const unsent = this.unsent.value.find((one) => one.id === id);
    if (unsent === undefined) return;
    const { why: _, code: __, ...again } = unsent;
    this.#put(again);
    this.#publish(again);
  }

  discard(id: string): void {
    forgetUnsent(this.#name, id);
    this.landed(new Set([id]));
  }

  /** What another tab has discarded or sent is not to be sent here. What could not be kept is in this tab only. */
  look(): void {
    this.landed(new Set([...this.#kept].filter((id) => !isKept(this.#name, id))));
  }

  /** These are messages of the room by now. */
  landed(ids: ReadonlySet<string>): void {
    const rest = this.unsent.value.filter(({ id }) => !ids.has(id));
    if (rest.length < this.unsent.value.length) this.unsent.value = rest;
  }

  #publish({ id, said }: Unsent): void {
    const room = this.#room;
    if (room === undefined) return;
    if (typeof said !== "string") this.#watchProgress();
    const done = room
      .publish(typeof said === "string" ? { text: said } : said, { id })
      .then(() => this.discard(id))
      .catch(({ code, message }: RoomError) => {
        // A room that is closed has refused nobody's message: it waits for the next time that one is let in.
        const unsent = this.unsent.value.find((one) => one.id === id);
        if (room.state.status !== "closed" && unsent !== undefined)
          this.#put({ ...unsent, why: message, code });
      })
      .finally(() => {
        this.#publishing.delete(done);
        if (this.isIdle) this.#idle();
      });
    this.#publishing.add(done);
  }

  #put(unsent: Unsent): void {
    this.#keep(unsent);
    this.unsent.value = this.unsent.value.map((one) => (one.id === unsent.id ? unsent : one));
  }

  #keep(unsent: Unsent): void {
    if (keepUnsent(this.#name, unsent)) this.#kept.add(unsent.id);
  }

  /** The socket does not tell when something has left the browser, so it is asked while anything is on its way. */
  #watchProgress(): void {
    this.#watch ??= setInterval(() => {
      const isLive = this.#room?.state.status === "live";
      // The client hands the socket one large message at a time: the first that waits.
      const underway = this.unsent.value.filter(({ why }) => why === undefined).slice(0, 1);
      this.progress.value = isLive ? progressOf(underway, this.#tap.buffered) : new Map();
      if (!this.isIdle) return;
      clearInterval(this.#watch);
      this.#watch = undefined;
    }, PROGRESS_MS);
  }
}
