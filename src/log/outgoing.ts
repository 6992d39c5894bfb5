import * as v from "valibot";
import type { RoomEvent } from "../protocol/webhook.ts";

/** Rows that wait at most; beyond them the oldest are dropped, and counted. */
const WAITING_ROWS = 1000;

/** What is on its way: a batch keeps its id and its bounds over all its attempts. */
const stateSchema = v.object({
  /** The last message that was delivered. */
  seq: v.number(),
  /** Failed attempts in a row, and when the next one is due: milliseconds. */
  failures: v.number(),
  next: v.number(),
  /** Events that were dropped since the last batch that was delivered. */
  dropped: v.number(),
  batch: v.nullable(v.object({ id: v.string(), row: v.number(), seq: v.number() })),
});
export type DeliveryState = v.InferOutput<typeof stateSchema>;

export type OutgoingRow = { id: number; events: RoomEvent[] };

/**
 * What a room has to tell a webhook, until it has been told, and whom it has told about. Messages are not in it: they are in
 * the log, and the state says up to where they were delivered. The tables are made when they are first used.
 */
export class Outgoing {
  readonly #storage: DurableObjectStorage;
  #members: Map<string, string> | undefined;
  #state: DeliveryState | undefined;
  #waiting: number | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Members that a webhook was told are here, and their names. */
  get members(): ReadonlyMap<string, string> {
    return this.#known;
  }

  get #known(): Map<string, string> {
    if (this.#members !== undefined) return this.#members;
    const { sql } = this.#storage;
    sql.exec("CREATE TABLE IF NOT EXISTS outgoing (id INTEGER PRIMARY KEY, events TEXT)");
    sql.exec(
      "CREATE TABLE IF NOT EXISTS outgoing_members (member TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID",
    );
    sql.exec("CREATE TABLE IF NOT EXISTS outgoing_state (id INTEGER PRIMARY KEY, state TEXT)");
    const rows = sql.exec<{ member: string; name: string }>("SELECT member, name FROM outgoing_members");
    this.#members = new Map([...rows].map(({ member, name }) => [member, name]));
    return this.#members;
  }

  /** The state; where there is none yet, it begins at this message. */
  state(seq: number): DeliveryState {
    if (this.#state !== undefined) return this.#state;
    void this.#known;
    const [row] = this.#storage.sql.exec<{ state: string }>("SELECT state FROM outgoing_state").toArray();
    const parsed = v.safeParse(stateSchema, row === undefined ? undefined : JSON.parse(row.state));
    this.#state = parsed.success ? parsed.output : { seq, failures: 0, next: 0, dropped: 0, batch: null };
    if (!parsed.success) this.save(this.#state);
    return this.#state;
  }

  save(state: DeliveryState): void {
    this.#state = state;
    this.#storage.sql.exec("INSERT OR REPLACE INTO outgoing_state VALUES (1, ?)", JSON.stringify(state));
  }

  /** Whether rows wait. */
  get isWaiting(): boolean {
    return this.#count > 0;
  }

  get #count(): number {
    void this.#known;
    this.#waiting ??= this.#storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM outgoing").one().n;
    return this.#waiting;
  }

  /**
   * Takes events in that wait to be told, and who is here from then on, all or nothing.
   * @returns how many older events were dropped for them
   */
  add(events: readonly RoomEvent[], came: ReadonlyMap<string, string>, went: readonly string[]): number {
    const known = this.#known;
    const { sql } = this.#storage;
    const isFull = this.#count >= WAITING_ROWS;
    let dropped = 0;
    this.#storage.transactionSync(() => {
      for (const [member, name] of came)
        sql.exec("INSERT OR REPLACE INTO outgoing_members VALUES (?, ?)", member, name);
      for (const member of went) sql.exec("DELETE FROM outgoing_members WHERE member = ?", member);
      if (events.length > 0) sql.exec("INSERT INTO outgoing (events) VALUES (?)", JSON.stringify(events));
      if (isFull) {
        const [oldest] = this.rows(1);
        dropped = oldest?.events.length ?? 0;
        sql.exec("DELETE FROM outgoing WHERE id = ?", oldest?.id ?? 0);
      }
    });
    for (const [member, name] of came) known.set(member, name);
    for (const member of went) known.delete(member);
    this.#waiting = this.#count + (events.length > 0 ? 1 : 0) - (dropped > 0 ? 1 : 0);
    return dropped;
  }

  /** The oldest rows; `upTo`: none after this one. */
  rows(limit: number, upTo = Number.MAX_SAFE_INTEGER): OutgoingRow[] {
    void this.#known;
    const rows = this.#storage.sql.exec<{ id: number; events: string }>(
      "SELECT id, events FROM outgoing WHERE id <= ? ORDER BY id LIMIT ?",
      upTo,
      limit,
    );
    return [...rows].map(({ id, events }) => ({ id, events: JSON.parse(events) }));
  }

  /** A batch has been delivered: its rows are done, and the state is another. */
  settle(row: number, state: DeliveryState): void {
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec("DELETE FROM outgoing WHERE id <= ?", row);
      this.save(state);
    });
    this.#waiting = undefined;
  }
}
