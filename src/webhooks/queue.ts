import type { RoomEvent } from "../protocol/webhook.ts";
import type { RoomLog } from "../room/log/log.ts";
import { hasTable } from "../room/log/schema.ts";
import { type DeliveryState, initialState, parseState } from "./delivery-state.ts";

/** The queue holds this many rows. Beyond that, the oldest are dropped and counted. */
const MAX_ROWS = 1000;

/** Joins and leaves that happened after the message of this seq and before the next. */
export type MembershipRow = { seq: number; events: RoomEvent[] };
export type QueuedRow = MembershipRow & { id: number };

/** Members who joined, with their names, and members who left. */
export type MembershipDelta = { joined: ReadonlyMap<string, string>; left: readonly string[] };

/**
 * The rows that a room stores for its webhook: joins and leaves to deliver, the members that these events leave present, and the delivery
 * state. Messages to deliver are not copied: they are in the log. The first write creates the tables.
 */
export class WebhookQueue {
  readonly #storage: DurableObjectStorage;
  readonly #log: Pick<RoomLog, "epoch" | "last" | "isStored">;
  #members: Map<string, string> | undefined;
  #state: DeliveryState | undefined;
  /** A room that stores nothing else does not store the state either. */
  #isStateStored = false;
  #rowCount: number | undefined;
  #tablesExist: boolean | undefined;

  constructor(storage: DurableObjectStorage, log: Pick<RoomLog, "epoch" | "last" | "isStored">) {
    this.#storage = storage;
    this.#log = log;
  }

  /** @throws if the tables exist and cannot be read */
  load(): void {
    void this.members;
    void this.state;
  }

  /** The members that are present according to all recorded events, and their names. */
  get members(): ReadonlyMap<string, string> {
    return this.#loadMembers();
  }

  #loadMembers(): Map<string, string> {
    this.#members ??= new Map(this.#hasTables ? this.#readMembers() : []);
    return this.#members;
  }

  #readMembers(): [string, string][] {
    const rows = this.#storage.sql.exec<{ member: string; name: string }>(
      "SELECT member, name FROM dormouse_outgoing_members",
    );
    return [...rows].map(({ member, name }) => [member, name]);
  }

  get #hasTables(): boolean {
    this.#tablesExist ??= hasTable(this.#storage.sql, "dormouse_outgoing_state");
    return this.#tablesExist;
  }

  #createTables(): void {
    if (this.#hasTables) return;
    const { sql } = this.#storage;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS dormouse_outgoing (id INTEGER PRIMARY KEY, seq INTEGER, events TEXT)",
    );
    sql.exec(
      "CREATE TABLE IF NOT EXISTS dormouse_outgoing_members (member TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID",
    );
    sql.exec("CREATE TABLE IF NOT EXISTS dormouse_outgoing_state (id INTEGER PRIMARY KEY, state TEXT)");
    this.#tablesExist = true;
  }

  onStorageDeleted(): void {
    this.#members = undefined;
    this.#state = undefined;
    this.#isStateStored = false;
    this.#rowCount = undefined;
    this.#tablesExist = false;
  }

  /**
   * The delivery state. A new one begins after the last message. One that belongs to a log that was erased while the webhook was
   * off begins at the first message of the current log.
   */
  get state(): DeliveryState {
    const { epoch, last, isStored } = this.#log;
    if (this.#state !== undefined) {
      // The first message is stored in this turn: the position before it must be stored with it.
      if (!this.#isStateStored && isStored) this.#save(this.#state);
      return this.#state;
    }
    const stored = this.#readState();
    const state =
      stored === undefined ? initialState(epoch, last) : { ...stored, epoch: stored.epoch ?? epoch };
    this.#state = state;
    this.#isStateStored = stored !== undefined;
    if (state.epoch !== epoch) this.restart({ epoch });
    else if (stored === undefined ? isStored : stored.epoch === undefined) this.#save(state);
    return this.#state;
  }

  #readState(): ReturnType<typeof parseState> {
    if (!this.#hasTables) return undefined;
    const [row] = this.#storage.sql
      .exec<{ state: string }>("SELECT state FROM dormouse_outgoing_state")
      .toArray();
    return parseState(row?.state);
  }

  update(change: Partial<DeliveryState>): void {
    this.#save({ ...this.state, ...change });
  }

  /** @param write runs in the same transaction, before the state is stored */
  #save(state: DeliveryState, write?: (sql: SqlStorage) => void): void {
    this.#createTables();
    const { sql } = this.#storage;
    const store = () => {
      write?.(sql);
      sql.exec("INSERT OR REPLACE INTO dormouse_outgoing_state VALUES (1, ?)", JSON.stringify(state));
    };
    if (write === undefined) store();
    else this.#storage.transactionSync(store);
    this.#state = state;
    this.#isStateStored = true;
  }

  get hasRows(): boolean {
    return this.#count > 0;
  }

  get #count(): number {
    if (!this.#hasTables) return 0;
    this.#rowCount ??= this.#storage.sql
      .exec<{ n: number }>("SELECT count(*) AS n FROM dormouse_outgoing")
      .one().n;
    return this.#rowCount;
  }

  /** How much waits: the events of all rows, and their bytes. */
  get size(): { events: number; bytes: number } {
    if (!this.hasRows) return { events: 0, bytes: 0 };
    return this.#storage.sql
      .exec<{ events: number; bytes: number }>(
        "SELECT sum(json_array_length(events)) AS events, sum(octet_length(events)) AS bytes FROM dormouse_outgoing",
      )
      .one();
  }

  /** Adds rows and applies them to the list of members, all or nothing. The oldest rows beyond the bound are dropped and counted. */
  add(rows: readonly MembershipRow[], { joined, left }: MembershipDelta): void {
    const members = this.#loadMembers();
    const { state } = this;
    this.#createTables();
    const count = this.#count + rows.length;
    // Rows of the batch under way stay, so that a retry holds the same events.
    const oldest = count > MAX_ROWS ? this.rows(count - MAX_ROWS, { after: state.batch?.row ?? 0 }) : [];
    const write = (sql: SqlStorage) => {
      for (const [member, name] of joined)
        sql.exec("INSERT OR REPLACE INTO dormouse_outgoing_members VALUES (?, ?)", member, name);
      for (const member of left) sql.exec("DELETE FROM dormouse_outgoing_members WHERE member = ?", member);
      for (const { seq, events } of rows)
        sql.exec("INSERT INTO dormouse_outgoing (seq, events) VALUES (?, ?)", seq, JSON.stringify(events));
      for (const { id } of oldest) sql.exec("DELETE FROM dormouse_outgoing WHERE id = ?", id);
    };
    const dropped = oldest.reduce((sum, { events }) => sum + events.length, 0);
    if (dropped > 0) this.#save({ ...state, dropped: state.dropped + dropped }, write);
    else this.#storage.transactionSync(() => write(this.#storage.sql));
    for (const [member, name] of joined) members.set(member, name);
    for (const member of left) members.delete(member);
    this.#rowCount = count - oldest.length;
  }

  /** Counts events that will not be delivered. The next new batch reports them. */
  countDropped(events: number): void {
    if (events > 0) this.update({ dropped: this.state.dropped + events });
  }

  /** The oldest rows. @param range `after`, `upTo`: only rows with ids in this range */
  rows(limit: number, { after = 0, upTo = Number.MAX_SAFE_INTEGER } = {}): QueuedRow[] {
    if (!this.#hasTables) return [];
    const rows = this.#storage.sql.exec<{ id: number; seq: number; events: string }>(
      "SELECT id, seq, events FROM dormouse_outgoing WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
      after,
      upTo,
      limit,
    );
    return [...rows].map(({ events, ...row }) => ({ ...row, events: JSON.parse(events) }));
  }

  /** The log begins anew: pending rows come before its first message, and the batch under way ends. */
  restart(change: Partial<DeliveryState>): void {
    const restarted = { ...this.state, ...change, seq: 0, batch: null };
    if (!this.#hasTables) {
      this.#state = restarted;
      return;
    }
    this.#save(restarted, (sql) => void sql.exec("UPDATE dormouse_outgoing SET seq = 0"));
  }

  /** A batch is done: removes its rows and updates the state. @param row the id of its last row */
  complete(row: number, change: Partial<DeliveryState>): void {
    const state = { ...this.state, ...change };
    this.#save(state, (sql) => void sql.exec("DELETE FROM dormouse_outgoing WHERE id <= ?", row));
    this.#rowCount = undefined;
  }
}
