import { effect, type Signal, signal, untracked } from "@preact/signals";
import type { CoreRoom, RoomError, RoomMessage } from "../../client/core.ts";
import { contentOf, summaryOf, type TextData } from "../chat/chat-message.ts";
import type { ChatStore } from "../chat/chat-store.ts";
import { type ExcerptPart, excerptOf } from "./excerpt.ts";
import { type HistoryRoom, PacedHistory, type Wait } from "./paced-history.ts";
import { matches, parseQuery, type Query } from "./query.ts";

/** A message that matches. It holds an excerpt, not the message. */
export type SearchResult = { seq: number; at: number; from: string; name: string; excerpt: ExcerptPart[] };

/**
 * `paused`: it has found enough for now, or was stopped, and can go on. `full`: there are more results than it keeps. `failed`: see the
 * code of the error.
 */
export type SearchStatus = "idle" | "searching" | "paused" | "done" | "full" | "failed";

const PAGE_SIZE = 250;
/** The search pauses after so many results. */
const RESULTS_AT_A_TIME = 50;
/** More results are of no use to a person. They would also need a bound in memory: this many have less than a megabyte. */
const MAX_RESULTS = 1000;
/** So many messages that changed are read again at a time. */
const MAX_CHANGED = 50;

const searches = new WeakMap<ChatStore, MessageSearch>();

/** The search in a room. It stays when its panel is closed. */
export function searchOf(store: ChatStore): MessageSearch {
  const known = searches.get(store) ?? new MessageSearch(store);
  searches.set(store, known);
  return known;
}

/**
 * Finds messages in what the history of a room holds, from the newest to the oldest, page by page. It keeps the results and no page, and
 * follows what changes them.
 */
export class MessageSearch {
  /** The query as the person typed it. */
  readonly input = signal("");
  readonly results: Signal<readonly SearchResult[]> = signal([]);
  readonly status = signal<SearchStatus>("idle");
  readonly wait = signal<Wait>(undefined);
  readonly error = signal<RoomError | undefined>(undefined);
  /** How many seqs of the log are searched, of how many. */
  readonly progress = signal({ searched: 0, total: 0 });
  readonly #store: HistoryRoom;
  readonly #history: PacedHistory;
  readonly #changed = new Set<number>();
  #query: Query | undefined;
  #run = new AbortController();
  #room: CoreRoom<TextData> | undefined;
  /** The search has seen all messages from this seq on. */
  #before: number | undefined;

  constructor(store: HistoryRoom) {
    this.#store = store;
    this.#history = new PacedHistory(store, (wait) => {
      this.wait.value = wait;
    });
    effect(() => {
      void store.connectionState.value;
      untracked(() => this.#follow());
    });
  }

  /** Starts a search. The one before ends. */
  start(input: string): void {
    this.#run.abort();
    this.input.value = input;
    this.#query = parseQuery(input);
    this.#before = undefined;
    this.results.value = [];
    this.wait.value = undefined;
    this.progress.value = { searched: 0, total: 0 };
    this.status.value = "idle";
    if (this.#query !== undefined) this.continue();
  }

  /** Looks for more results. */
  continue(): void {
    this.#run.abort();
    this.#run = new AbortController();
    const { signal } = this.#run;
    this.error.value = undefined;
    this.status.value = "searching";
    this.#search(signal).then(
      (status) => {
        if (!signal.aborted) this.status.value = status;
      },
      (error) => {
        if (signal.aborted) return;
        this.error.value = error;
        this.status.value = "failed";
      },
    );
  }

  stop(): void {
    this.#run.abort();
    this.wait.value = undefined;
    this.status.value = "paused";
  }

  async #search(signal: AbortSignal): Promise<SearchStatus> {
    const goal = this.results.peek().length + RESULTS_AT_A_TIME;
    for (;;) {
      const before = this.#before;
      const query = before === undefined ? { limit: PAGE_SIZE } : { before, limit: PAGE_SIZE };
      const { messages, more } = await this.#history.read(query, signal);
      if (signal.aborted) return "paused";
      this.#keep(messages);
      const first = messages[0]?.seq ?? 1;
      const total = this.progress.peek().total || (messages.at(-1)?.seq ?? 0);
      this.#before = first;
      this.progress.value = { searched: more ? total - first + 1 : total, total };
      const { length } = this.results.peek();
      if (length >= MAX_RESULTS) return "full";
      if (!more) return "done";
      if (length >= goal) return "paused";
    }
  }

  /** Adds those messages that match, and removes those that no longer do. */
  #keep(messages: readonly RoomMessage<TextData>[]): void {
    const seqs = new Set(messages.map(({ seq }) => seq));
    const found = messages.map((message) => this.#resultOf(message)).filter((result) => result !== undefined);
    const before = this.results.peek();
    const kept = before.filter(({ seq }) => !seqs.has(seq));
    if (found.length === 0 && kept.length === before.length) return;
    this.results.value = [...kept, ...found].sort((a, b) => b.seq - a.seq).slice(0, MAX_RESULTS);
  }

  #resultOf(message: RoomMessage<TextData>): SearchResult | undefined {
    const query = this.#query;
    const { seq, at, from, name } = message;
    const content = contentOf(message);
    if (query === undefined || content.kind === "deleted") return undefined;
    // Bytes of an unknown format have no words.
    const text = content.kind === "bytes" ? "" : summaryOf(content);
    if (!matches(query, name, text)) return undefined;
    return { seq, at, from, name, excerpt: excerptOf(text, query.words) };
  }

  /** Follows the room. Each join of it is another object. */
  #follow(): void {
    const { room } = this.#store;
    if (room === this.#room || room === undefined) return;
    const isFirst = this.#room === undefined;
    this.#room = room;
    room.on("message", (message) => {
      if (room === this.#room) this.#onMessage(message);
    });
    // The page does not know the changes in between.
    room.on("gap", () => this.#restart());
    if (!isFirst) this.#restart();
  }

  #restart(): void {
    if (this.#query !== undefined) this.start(this.input.peek());
  }

  #onMessage(message: RoomMessage<TextData>): void {
    const { op, target = 0 } = message;
    if (this.#query === undefined) return;
    if (op === undefined) this.#keep([message]);
    else if (op === "delete") this.#remove(target);
    else if (op === "edit" || (op === "append" && message.end !== undefined)) void this.#readAgain(target);
  }

  /** Reads a message that has changed, if the search has seen it. */
  async #readAgain(target: number): Promise<void> {
    const changed = this.#changed;
    if (changed.has(target) || target < (this.#before ?? Infinity)) return;
    if (changed.size >= MAX_CHANGED) {
      this.#remove(target);
      return;
    }
    changed.add(target);
    const page = await this.#history.read({ before: target + 1, limit: 1 }).catch(() => undefined);
    changed.delete(target);
    if (page === undefined) this.#remove(target);
    else this.#keep(page.messages);
  }

  #remove(target: number): void {
    this.results.value = this.results.peek().filter(({ seq }) => seq !== target);
  }
}
