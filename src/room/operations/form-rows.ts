import type { StreamState } from "../../protocol/operations.ts";
import { hasTable } from "../log/schema.ts";
import type { Form } from "./form.ts";

/** A stored form. `data`: JSON where an operation changed the data, else null. `reactions`, `rows`: JSON. */
export type FormRow = {
  target: number;
  version: number;
  edited: number | null;
  deleted: number;
  data: string | null;
  reactions: string | null;
  rows: string | null;
  stream: StreamState | null;
};

const COLUMNS = "target, version, edited, deleted, data, reactions, rows, stream";

/** `streams`: messages whose last appends may not be in their stored form. `open_streams`: messages whose stream has not ended. */
export type MessageList = "streams" | "open_streams";

/** The tables of the forms that operations made. The first operation creates them. */
export class FormRows {
  readonly #sql: SqlStorage;
  readonly #prefix: string;
  #tablesExist: boolean | undefined;

  /** @param prefix of the names of the tables */
  constructor(sql: SqlStorage, prefix = "dormouse_") {
    this.#sql = sql;
    this.#prefix = prefix;
  }

  /** Whether there ever was an operation, since the storage was created. */
  get exist(): boolean {
    this.#tablesExist ??= hasTable(this.#sql, `${this.#prefix}forms`);
    return this.#tablesExist;
  }

  /** The known state of the tables may be wrong: a transaction was rolled back, or all storage was deleted. */
  forget(): void {
    this.#tablesExist = undefined;
  }

  create(): void {
    if (this.exist) return;
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS ${this.#prefix}forms (target INTEGER PRIMARY KEY, version INTEGER, edited INTEGER, deleted INTEGER,
       data TEXT, reactions TEXT, rows TEXT, stream TEXT)`,
    );
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS ${this.#prefix}reactions (target INTEGER, member TEXT, key TEXT, PRIMARY KEY (target, member, key))
       WITHOUT ROWID`,
    );
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS ${this.#prefix}streams (target INTEGER PRIMARY KEY)`);
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS ${this.#prefix}open_streams (target INTEGER PRIMARY KEY)`);
    this.#tablesExist = true;
  }

  get(target: number): FormRow | undefined {
    if (!this.exist) return undefined;
    return this.#sql
      .exec<FormRow>(`SELECT ${COLUMNS} FROM ${this.#prefix}forms WHERE target = ?`, target)
      .toArray()[0];
  }

  /** The stored forms of the messages from `first` to `last`. */
  between(first: number, last: number): FormRow[] {
    if (!this.exist) return [];
    return this.#sql
      .exec<FormRow>(`SELECT ${COLUMNS} FROM ${this.#prefix}forms WHERE target BETWEEN ? AND ?`, first, last)
      .toArray();
  }

  /** The bytes of the data of stored forms from `first` to `last`, by target. */
  sizesBetween(first: number, last: number): Map<number, number> {
    if (!this.exist) return new Map();
    const query = `SELECT target, coalesce(octet_length(data), 0) + coalesce(octet_length(reactions), 0) AS size
      FROM ${this.#prefix}forms WHERE target BETWEEN ? AND ?`;
    const rows = this.#sql.exec<{ target: number; size: number }>(query, first, last);
    return new Map([...rows].map(({ target, size }) => [target, size]));
  }

  /** The greatest version of the stored forms from `first` to `last`; 0 where there are none. */
  versionBetween(first: number, last: number): number {
    const query = `SELECT coalesce(max(version), 0) AS version FROM ${this.#prefix}forms WHERE target BETWEEN ? AND ?`;
    return this.#sql.exec<{ version: number }>(query, first, last).one().version;
  }

  put({ seq, version, edited, deleted, reactions, rows, stream, ...form }: Form): void {
    const isChanged = form.json !== undefined || form.isChanged;
    const json = form.json ?? (isChanged ? JSON.stringify(form.data) : null);
    this.#sql.exec(
      `INSERT OR REPLACE INTO ${this.#prefix}forms (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      seq,
      version,
      edited ?? null,
      deleted ? 1 : 0,
      deleted ? null : json,
      Object.keys(reactions).length > 0 ? JSON.stringify(reactions) : null,
      rows === undefined ? null : JSON.stringify(rows),
      stream ?? null,
    );
  }

  hasReaction(target: number, member: string, key: string): boolean {
    const query = `SELECT 1 FROM ${this.#prefix}reactions WHERE target = ? AND member = ? AND key = ?`;
    return this.exist && this.#sql.exec(query, target, member, key).toArray().length > 0;
  }

  /** All members with a reaction on a message, in no particular order. */
  membersWith(target: number, key: string): string[] {
    if (!this.exist) return [];
    const query = `SELECT member FROM ${this.#prefix}reactions WHERE target = ? AND key = ?`;
    return this.#sql
      .exec<{ member: string }>(query, target, key)
      .toArray()
      .map(({ member }) => member);
  }

  /** Reactions of a member, on any messages. */
  reactionsOf(member: string, limit: number): { target: number; key: string }[] {
    if (!this.exist) return [];
    const query = `SELECT target, key FROM ${this.#prefix}reactions WHERE member = ? LIMIT ?`;
    return this.#sql.exec<{ target: number; key: string }>(query, member, limit).toArray();
  }

  /** How many reactions a member has on a message. */
  countReactions(target: number, member: string): number {
    if (!this.exist) return 0;
    const query = `SELECT count(*) AS count FROM ${this.#prefix}reactions WHERE target = ? AND member = ?`;
    return this.#sql.exec<{ count: number }>(query, target, member).one().count;
  }

  setReaction(target: number, member: string, key: string, isSet: boolean): void {
    const statement = isSet
      ? `INSERT OR IGNORE INTO ${this.#prefix}reactions (target, member, key) VALUES (?, ?, ?)`
      : `DELETE FROM ${this.#prefix}reactions WHERE target = ? AND member = ? AND key = ?`;
    this.#sql.exec(statement, target, member, key);
  }

  deleteReactions(target: number): void {
    this.#sql.exec(`DELETE FROM ${this.#prefix}reactions WHERE target = ?`, target);
  }

  /** The messages of a list, see `MessageList`. */
  listed(list: MessageList): number[] {
    if (!this.exist) return [];
    return this.#sql
      .exec<{ target: number }>(`SELECT target FROM ${this.#prefix}${list}`)
      .toArray()
      .map(({ target }) => target);
  }

  list(list: MessageList, target: number): void {
    this.#sql.exec(`INSERT OR IGNORE INTO ${this.#prefix}${list} (target) VALUES (?)`, target);
  }

  unlist(list: MessageList, target: number): void {
    this.#sql.exec(`DELETE FROM ${this.#prefix}${list} WHERE target = ?`, target);
  }

  /** Messages up to `floor` with edits and appends: the first seqs of the rows that hold them; undefined where they are too many to list. */
  contentsUpTo(floor: number): Map<number, readonly number[] | undefined> {
    if (!this.exist) return new Map();
    const query = `SELECT target, rows FROM ${this.#prefix}forms WHERE target <= ? AND deleted = 0 AND rows IS NOT '[]'`;
    const rows = this.#sql.exec<{ target: number; rows: string | null }>(query, floor);
    return new Map(
      [...rows].map(({ target, rows: listed }) => [target, listed === null ? undefined : JSON.parse(listed)]),
    );
  }

  /** Removes all that is known of the messages up to `floor`. */
  trim(floor: number): void {
    if (!this.exist) return;
    for (const table of ["forms", "reactions", "streams", "open_streams"])
      this.#sql.exec(`DELETE FROM ${this.#prefix}${table} WHERE target <= ?`, floor);
  }
}
