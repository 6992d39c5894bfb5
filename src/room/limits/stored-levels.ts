import { hasTable } from "../log/schema.ts";

/** `full`: when the bucket is full again. Times in milliseconds. */
export type StoredLevel = { tokens: number; at: number; full: number };

/** What the buckets of sessions held that are gone: kept only where filling them takes longer than falling asleep does. */
export class StoredLevels {
  readonly #sql: SqlStorage;
  #made: boolean | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Debts that are paid are forgotten with the next one. */
  set(rateKey: string, { tokens, at, full }: StoredLevel): void {
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS debts (rateKey TEXT PRIMARY KEY, tokens REAL, at INTEGER, "full" INTEGER) WITHOUT ROWID',
    );
    this.#made = true;
    this.#sql.exec('DELETE FROM debts WHERE "full" <= ?', at);
    this.#sql.exec("INSERT OR REPLACE INTO debts VALUES (?, ?, ?, ?)", rateKey, tokens, at, full);
  }

  get(rateKey: string): StoredLevel | undefined {
    if (!this.#isMade) return undefined;
    return this.#sql
      .exec<StoredLevel>('SELECT tokens, at, "full" FROM debts WHERE rateKey = ?', rateKey)
      .toArray()[0];
  }

  /** When the last debt is paid, in milliseconds; 0 where there is none. */
  get lastFullAt(): number {
    if (!this.#isMade) return 0;
    return this.#sql.exec<{ last: number | null }>('SELECT max("full") AS last FROM debts').one().last ?? 0;
  }

  /** The storage was deleted. */
  onStorageDeleted(): void {
    this.#made = false;
  }

  get #isMade(): boolean {
    this.#made ??= hasTable(this.#sql, "debts");
    return this.#made;
  }
}
