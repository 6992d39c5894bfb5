import { hasTable } from "../log/schema.ts";

/** The level of a bucket at a time, and when it is full again. Times are in milliseconds. */
export type StoredLevel = { tokens: number; at: number; fullAt: number };

/** Levels of token buckets that outlive their session and the object. The first one creates the table. */
export class StoredLevels {
  readonly #sql: SqlStorage;
  #tableExists: boolean | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Stores a level, and removes those of buckets that are full again. */
  set(key: string, { tokens, at, fullAt }: StoredLevel): void {
    this.#createTable();
    this.#sql.exec("DELETE FROM dormouse_rate_limits WHERE full_at <= ?", at);
    this.#sql.exec(
      "INSERT OR REPLACE INTO dormouse_rate_limits VALUES (?, ?, ?, ?)",
      key,
      tokens,
      at,
      fullAt,
    );
  }

  get(key: string): StoredLevel | undefined {
    if (!this.#hasTable) return undefined;
    return this.#sql
      .exec<StoredLevel>("SELECT tokens, at, full_at AS fullAt FROM dormouse_rate_limits WHERE key = ?", key)
      .toArray()[0];
  }

  /** When the last bucket is full again; 0 if all are full. */
  get lastFullAt(): number {
    if (!this.#hasTable) return 0;
    const query = "SELECT max(full_at) AS last FROM dormouse_rate_limits";
    return this.#sql.exec<{ last: number | null }>(query).one().last ?? 0;
  }

  onStorageDeleted(): void {
    this.#tableExists = false;
  }

  get #hasTable(): boolean {
    this.#tableExists ??= hasTable(this.#sql, "dormouse_rate_limits");
    return this.#tableExists;
  }

  #createTable(): void {
    if (this.#hasTable) return;
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS dormouse_rate_limits (key TEXT PRIMARY KEY, tokens REAL, at INTEGER, full_at INTEGER)
       WITHOUT ROWID`,
    );
    this.#tableExists = true;
  }
}
