import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { load, save } from "../browser-storage.ts";
import type { ChatMessage } from "./chat-message.ts";

/** How far the user has read a room. The browser stores it, so that messages from while the page was closed count as unread. */
export class ReadPosition {
  /** The last seq that the user has read. */
  readonly lastRead = signal(0);
  /** The divider "New" stands before the first message after this seq. */
  readonly dividerAfter = signal<number | undefined>(undefined);
  /** How many messages of other members come after `lastRead`. */
  readonly unreadCount: ReadonlySignal<number>;
  readonly #storageKey: string;
  #epoch: string | undefined;
  #queuedIds: ReadonlySet<string> = new Set();

  constructor(
    room: string,
    messages: ReadonlySignal<readonly ChatMessage[]>,
    selfId: ReadonlySignal<string | undefined>,
    hasOlder: ReadonlySignal<boolean>,
    newestSeq: ReadonlySignal<number>,
  ) {
    this.#storageKey = `dormouse.read ${room}`;
    this.unreadCount = computed(() => {
      const all = messages.value;
      const lastRead = this.lastRead.value;
      const unread = all.filter(({ seq }) => seq > lastRead);
      const fromOthers = unread.filter(({ from }) => from !== selfId.value).length;
      // Unread messages that are not loaded yet all count: their authors are unknown.
      const firstLoaded = unread.length === all.length && hasOlder.value ? all[0]?.seq : undefined;
      const lastKnown = Math.max(all.at(-1)?.seq ?? 0, lastRead);
      const newer = all.length === 0 ? 0 : Math.max(0, newestSeq.value - lastKnown);
      return fromOthers + newer + (firstLoaded ?? lastRead + 1) - lastRead - 1;
    });
  }

  /**
   * Handles a new session of the room, whose last message is `seq`. In a room that this browser never read, nothing is unread.
   * @param queuedIds own messages from before this session; sending them does not mean that the user has read later messages
   */
  onWelcome(epoch: string, seq: number, queuedIds: ReadonlySet<string>): void {
    this.#queuedIds = queuedIds;
    if (this.#epoch !== epoch) {
      this.#epoch = epoch;
      this.lastRead.value = Math.min(this.#loadPosition() ?? seq, seq);
      this.dividerAfter.value = undefined;
    }
    if (this.lastRead.value < seq) this.dividerAfter.value = this.lastRead.value;
    this.#savePosition();
  }

  /**
   * Handles messages that arrived after `previousSeq`. They are unread unless the user watches. A message of the user's own means
   * that everything before it is read, unless it was queued.
   */
  onMessages(
    previousSeq: number,
    messages: readonly Pick<ChatMessage, "from" | "id" | "seq">[],
    isWatching: boolean,
    selfId: string | undefined,
  ): void {
    const last = messages.at(-1)?.seq ?? 0;
    for (const { from, id, seq } of messages) {
      if (from !== selfId || seq <= this.lastRead.value) continue;
      const isQueued = this.#queuedIds.has(id);
      if (!isQueued) this.dividerAfter.value = undefined;
      if (!isQueued || seq === this.lastRead.value + 1) this.markRead(seq);
    }
    if (isWatching) this.markRead(last);
    else if (this.lastRead.value >= previousSeq && this.lastRead.value < last)
      this.dividerAfter.value = this.lastRead.value;
  }

  markRead(seq: number): void {
    if (seq <= this.lastRead.value) return;
    this.lastRead.value = seq;
    this.#savePosition();
  }

  /** Takes over the position of another tab that has read further. */
  syncStorage(): void {
    this.markRead(this.#loadPosition() ?? 0);
  }

  /** The stored position; undefined if it belongs to another epoch of the room's log. */
  #loadPosition(): number | undefined {
    const [epoch, lastRead] = (load(this.#storageKey) ?? "").split(".");
    return epoch === this.#epoch ? Number(lastRead) || 0 : undefined;
  }

  /** Never moves the stored position back, since another tab may have read further. */
  #savePosition(): void {
    if ((this.#loadPosition() ?? -1) < this.lastRead.value)
      save(this.#storageKey, `${this.#epoch}.${this.lastRead.value}`);
  }
}

/** Whether the user looks at this page. */
export function isPageFocused(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}
