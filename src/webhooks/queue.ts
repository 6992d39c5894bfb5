import * as v from "valibot";
import type { RoomEvent } from "../protocol/webhook.ts";
import { hasTable } from "../room/log/schema.ts";

/** Rows that wait at most; beyond them the oldest are dropped, and counted. */
const WAITING_ROWS = 1000;

/** What is on its way: a batch keeps its id over all attempts, as long as there are as many events within its bounds. */
const stateSchema = v.object({
  /** Of the log that it counts the messages of; an older state has none, and is of the log that is there. */
  epoch: v.optional(v.string()),
  /** The last message that was delivered. */
  seq: v.number(),
  /** Failed attempts in a row, and when the next one is due: milliseconds. */
  failures: v.number(),
  next: v.number(),
  /** Events that were dropped since the last batch that was delivered. */
  dropped: v.number(),
  batch: v.nullable(
    v.object({
      id: v.string(),
      row: v.number(),
      seq: v.number(),
      events: v.optional(v.number(), 0),
      /** How many dropped events it tells of; what is dropped from then on is told by the next. */
      dropped: v.optional(v.number(), 0),
      /** How many times the receiver found it too big. */
      tooBig: v.optional(v.number(), 0),
    }),
  ),
});
export type DeliveryState = v.InferOutput<typeof stateSchema> & { epoch: string };

/** What happened after the message of this seq and before the next. */
export type QueuedEvents = { seq: number; events: RoomEvent[] };
export type QueuedRow = QueuedEvents & { id: number };

/**
 * What a room has to tell a webhook, until it has been told, and whom it has told about. Messages are not in it: they are in
 * the log, and the state says up to where they were delivered. The tables are made when they are first written to.
 */
export class WebhookQueue {
  readonly #storage: DurableObjectStorage;
  #members: Map<string, string> | undefined;
  #state: DeliveryState | undefined;
  /** Whether the state is on disk: not in a room that holds nothing. */
  #isKept = false;
  #waiting: number | undefined;
  #made: boolean | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Members that a webhook was told are here, and their names. */
  get members(): ReadonlyMap<string, string> {
    return this.#known;
  }

  get #known(): Map<string, string> {
    this.#members ??= new Map(this.#isMade ? this.#readMembers() : []);
    return this.#members;
  }

  #readMembers(): [string, string][] {
    const rows = this.#storage.sql.exec<{ member: string; name: string }>(
      "SELECT member, name FROM outgoing_members",
    );
    return [...rows].map(({ member, name }) => [member, name]);
  }

  get #isMade(): boolean {
    this.#made ??= hasTable(this.#storage.sql, "outgoing_state");
    return this.#made;
  }

  #make(): void {
    if (this.#isMade) return;
    const { sql } = this.#storage;
    sql.exec("CREATE TABLE IF NOT EXISTS outgoing (id INTEGER PRIMARY KEY, seq INTEGER, events TEXT)");
    sql.exec(
      "CREATE TABLE IF NOT EXISTS outgoing_members (member TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID",
    );
    sql.exec("CREATE TABLE IF NOT EXISTS outgoing_state (id INTEGER PRIMARY KEY, state TEXT)");
    this.#made = true;
  }

  /** The storage was deleted. */
  onStorageDeleted(): void {
    this.#members = undefined;
    this.#state = undefined;
    this.#isKept = false;
    this.#waiting = undefined;
    this.#made = false;
  }

  /**
   * The state, for this log: where there is none yet, it begins at the last message; where it is of a log that was erased while
   * nobody looked, at the first.
   */
  state(log: { epoch: string; last: number; isStored: boolean }): DeliveryState {
    const { epoch, last } = log;
    if (this.#state !== undefined) {
      // The first message is stored in this turn: that it is still to be told must be on disk with it.
      if (!this.#isKept && log.isStored) this.save(this.#state);
      return this.#state;
    }
    const [row] = this.#isMade
      ? this.#storage.sql.exec<{ state: string }>("SELECT state FROM outgoing_state").toArray()
      : [];
    const parsed = v.safeParse(stateSchema, row === undefined ? undefined : JSON.parse(row.state));
    const kept = parsed.success
      ? { ...parsed.output, epoch: parsed.output.epoch ?? epoch }
      : { epoch, seq: last, failures: 0, next: 0, dropped: 0, batch: null };
    this.#state = kept;
    this.#isKept = parsed.success;
    if (kept.epoch !== epoch) this.restart({ ...kept, epoch });
    else if (parsed.success ? parsed.output.epoch === undefined : log.isStored) this.save(kept);
    return this.#state;
  }

  save(state: DeliveryState): void {
    this.#make();
    this.#state = state;
    this.#isKept = true;
    this.#storage.sql.exec("INSERT OR REPLACE INTO outgoing_state VALUES (1, ?)", JSON.stringify(state));
  }

  /** Whether rows wait. */
  get isWaiting(): boolean {
    return this.#count > 0;
  }

  get #count(): number {
    if (!this.#isMade) return 0;
    this.#waiting ??= this.#storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM outgoing").one().n;
    return this.#waiting;
  }

  /**
   * Takes in what waits to be told, and who is here from then on, all or nothing.
   * @returns how many older events were dropped for them
   */
  add(told: readonly QueuedEvents[], came: ReadonlyMap<string, string>, went: readonly string[]): number {
    const known = this.#known;
    this.#make();
    const { sql } = this.#storage;
    const excess = this.#count + told.length - WAITING_ROWS;
    let oldest: QueuedRow[] = [];
    this.#storage.transactionSync(() => {
      for (const [member, name] of came)
        sql.exec("INSERT OR REPLACE INTO outgoing_members VALUES (?, ?)", member, name);
      for (const member of went) sql.exec("DELETE FROM outgoing_members WHERE member = ?", member);
      for (const { seq, events } of told)
        sql.exec("INSERT INTO outgoing (seq, events) VALUES (?, ?)", seq, JSON.stringify(events));
      // What is on its way stays, so that another attempt is the same.
      if (excess > 0) oldest = this.rows(excess, { after: this.#state?.batch?.row ?? 0 });
      for (const { id } of oldest) sql.exec("DELETE FROM outgoing WHERE id = ?", id);
    });
    for (const [member, name] of came) known.set(member, name);
    for (const member of went) known.delete(member);
    this.#waiting = this.#count + told.length - oldest.length;
    return oldest.reduce((sum, { events }) => sum + events.length, 0);
  }

  /** The oldest rows; `after`, `upTo`: of these ids. */
  rows(limit: number, { after = 0, upTo = Number.MAX_SAFE_INTEGER } = {}): QueuedRow[] {
    if (!this.#isMade) return [];
    const rows = this.#storage.sql.exec<{ id: number; seq: number; events: string }>(
      "SELECT id, seq, events FROM outgoing WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
      after,
      upTo,
      limit,
    );
    return [...rows].map(({ events, ...row }) => ({ ...row, events: JSON.parse(events) }));
  }

  /** The log begins anew: what waits comes before its first message, and no batch is on its way. */
  restart(state: DeliveryState): void {
    const restarted = { ...state, seq: 0, batch: null };
    if (!this.#isMade) {
      this.#state = restarted;
      return;
    }
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec("UPDATE outgoing SET seq = 0");
      this.save(restarted);
    });
  }

  /** A batch has been delivered: its rows are done, and the state is another. */
  settle(row: number, state: DeliveryState): void {
    this.#make();
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec("DELETE FROM outgoing WHERE id <= ?", row);
      this.save(state);
    });
    this.#waiting = undefined;
  }
}
