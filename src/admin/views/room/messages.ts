import { batch, computed, signal } from "@preact/signals";
import type { HistoryMessage } from "../../../client/frames.ts";
import { ApiError, roomPath } from "../../http/request.ts";
import { call } from "../../session.ts";
import type { Arrival } from "./row.ts";
import { MAX_ROWS, type RowList, rowsOf, withArrived, withDeleted } from "./row-list.ts";

const PAGE_MESSAGES = 50;

type HistoryAnswer = { epoch: string; messages: HistoryMessage[]; more: boolean };
type Page = { rows: RowList; hasOlder: boolean };

/**
 * The messages of a room: the newest ones, to which the tail adds, or one page of older ones. A page takes the place of the one before, so
 * paging through a long history keeps no more than 50 messages.
 */
export class Messages {
  readonly error = signal<ApiError | undefined>(undefined);
  readonly isLoading = signal(false);
  readonly isLoaded = signal(false);
  readonly #newest = signal<Page>({ rows: [], hasOlder: false });
  readonly #older = signal<Page | undefined>(undefined);
  readonly shown = computed(() => this.#older.value ?? this.#newest.value);
  readonly isNewest = computed(() => this.#older.value === undefined);
  readonly #room: string;
  readonly #tookLog: (epoch: string) => void;
  #epoch: string | undefined;
  #current: AbortController | undefined;
  #repeat = () => {};
  /** The messages that arrived since the last read of the newest messages began. The answer may not have it. */
  #meanwhile: Arrival[] = [];

  /** @param tookLog called with the log of the newest messages, each time that they were read */
  constructor(room: string, tookLog: (epoch: string) => void = () => {}) {
    this.#room = room;
    this.#tookLog = tookLog;
  }

  /** The log that the messages belong to; undefined before the first page. */
  get epoch(): string | undefined {
    return this.#epoch;
  }

  /** Reads the newest messages again, and shows them. */
  newest(): Promise<void> {
    return this.#readNewest(() => {
      this.#older.value = undefined;
    });
  }

  /** Reads the newest messages again. A page of older messages stays, unless it is of another log. */
  restart(): Promise<void> {
    const before = this.#epoch;
    return this.#readNewest((epoch) => {
      if (epoch !== before) this.#older.value = undefined;
    });
  }

  #readNewest(taken: (epoch: string) => void): Promise<void> {
    this.#meanwhile = [];
    return this.#read({}, ({ epoch, messages, more }) => {
      const rows = withArrived(rowsOf(messages), this.#meanwhile);
      this.#newest.value = { rows, hasOlder: more };
      taken(epoch);
      this.#epoch = epoch;
      this.#tookLog(epoch);
    });
  }

  older(): Promise<void> {
    const before = this.shown.peek().rows[0]?.seq;
    if (before === undefined || !this.shown.peek().hasOlder) return Promise.resolve();
    return this.#read({ before, epoch: this.#epoch }, ({ messages, more }) => {
      this.#older.value = { rows: rowsOf(messages), hasOlder: more };
    });
  }

  /** The page after an older one. After the last one, the newest messages are shown. */
  newer(): Promise<void> {
    const after = this.#older.peek()?.rows.at(-1)?.seq;
    if (after === undefined) return this.newest();
    return this.#read({ after, epoch: this.#epoch }, ({ messages, more }) => {
      if (more) this.#older.value = { rows: rowsOf(messages), hasOlder: true };
      else void this.newest();
    });
  }

  /** Takes what the tail brought. The page of older messages, if one is shown, gets its edits and deletions, and no new messages. */
  arrived(arrived: readonly Arrival[]): void {
    if (this.isLoading.peek()) this.#meanwhile = [...this.#meanwhile, ...arrived].slice(-MAX_ROWS);
    const { rows, hasOlder } = this.#newest.peek();
    const next = withArrived(rows, arrived);
    const older = this.#older.peek();
    batch(() => {
      const isCut = next[0]?.seq !== rows[0]?.seq && rows.length > 0;
      this.#newest.value = { rows: next, hasOlder: hasOlder || isCut };
      if (older === undefined) return;
      const changes = arrived.filter((arrival) => !("row" in arrival));
      this.#older.value = { ...older, rows: withArrived(older.rows, changes) };
    });
  }

  deleted(seq: number): void {
    const newest = this.#newest.peek();
    const older = this.#older.peek();
    batch(() => {
      this.#newest.value = { ...newest, rows: withDeleted(newest.rows, seq) };
      if (older !== undefined) this.#older.value = { ...older, rows: withDeleted(older.rows, seq) };
    });
  }

  retry(): void {
    this.#repeat();
  }

  stop(): void {
    this.#current?.abort();
  }

  async #read(
    query: Record<string, string | number | undefined>,
    take: (answer: HistoryAnswer) => void,
  ): Promise<void> {
    this.#current?.abort();
    const current = new AbortController();
    this.#current = current;
    this.isLoading.value = true;
    try {
      const path = roomPath(this.#room, "messages");
      const answer = await call<HistoryAnswer>(path, {
        query: { ...query, limit: PAGE_MESSAGES },
        signal: current.signal,
      });
      if (current.signal.aborted) return;
      batch(() => {
        this.isLoaded.value = true;
        this.error.value = undefined;
        this.isLoading.value = false;
        take(answer);
      });
    } catch (error) {
      if (current.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      this.isLoading.value = false;
      this.error.value = error;
      // A page of the old log leads nowhere.
      this.#repeat =
        error.code === "epoch_changed" ? () => void this.newest() : () => void this.#read(query, take);
    }
  }
}
