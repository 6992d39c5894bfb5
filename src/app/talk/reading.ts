import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { keep, load } from "../kept.ts";
import type { Message } from "./message.ts";

/** How far a room has been read. Kept by the browser, so that what came while the page was shut is new. */
export class Reading {
  /** The last seq that was seen. */
  readonly seen = signal(0);
  /** "New messages" stands before the first message after this seq. */
  readonly mark = signal<number | undefined>(undefined);
  /** How many of others came after it. */
  readonly unread: ReadonlySignal<number>;
  readonly #key: string;
  #epoch: string | undefined;
  #queued: ReadonlySet<string> = new Set();

  constructor(
    room: string,
    messages: ReadonlySignal<readonly Message[]>,
    me: ReadonlySignal<string | undefined>,
    hasOlder: ReadonlySignal<boolean>,
  ) {
    this.#key = `dormouse.read ${room}`;
    this.unread = computed(() => {
      const all = messages.value;
      const seen = this.seen.value;
      const fresh = all.filter(({ seq }) => seq > seen);
      const others = fresh.filter(({ from }) => from !== me.value).length;
      // Where more of it is still to be loaded, whose it is cannot be told.
      const first = fresh.length === all.length && hasOlder.value ? all[0]?.seq : undefined;
      return others + (first ?? seen + 1) - seen - 1;
    });
  }

  /**
   * The room stands at `seq`. What came since the last time is new; a room that was never read has nothing new.
   * @param queued the ids of one's own that were said before, and so without having read what came since
   */
  welcome(epoch: string, seq: number, queued: ReadonlySet<string>): void {
    this.#queued = queued;
    if (this.#epoch !== epoch) {
      this.#epoch = epoch;
      this.seen.value = Math.min(this.#kept() ?? seq, seq);
      this.mark.value = undefined;
    }
    if (this.seen.value < seq) this.mark.value = this.seen.value;
    this.#keep();
  }

  /** Messages came after `before`. Where nobody looks on, they are new; one's own say that all before was read, unless they were queued. */
  arrived(before: number, messages: readonly Message[], attentive: boolean, me: string | undefined): void {
    const last = messages.at(-1)?.seq ?? 0;
    for (const { from, id, seq } of messages) {
      if (from !== me || seq <= this.seen.value) continue;
      const isQueued = this.#queued.has(id);
      if (!isQueued) this.mark.value = undefined;
      if (!isQueued || seq === this.seen.value + 1) this.read(seq);
    }
    if (attentive) this.read(last);
    else if (this.seen.value >= before && this.seen.value < last) this.mark.value = this.seen.value;
  }

  read(seq: number): void {
    if (seq <= this.seen.value) return;
    this.seen.value = seq;
    this.#keep();
  }

  /** What another tab has read is read here, too. */
  look(): void {
    this.read(this.#kept() ?? 0);
  }

  /** Of the log as it is now. */
  #kept(): number | undefined {
    const [epoch, seen] = (load(this.#key) ?? "").split(".");
    return epoch === this.#epoch ? Number(seen) || 0 : undefined;
  }

  /** Another tab may have read further. */
  #keep(): void {
    if ((this.#kept() ?? -1) < this.seen.value) keep(this.#key, `${this.#epoch}.${this.seen.value}`);
  }
}

/** Whether somebody looks at this page. */
export function isAttentive(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}
