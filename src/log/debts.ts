/** What the buckets of sessions held that are gone: kept only where filling them takes longer than falling asleep does. */
export class Debts {
  readonly #sql: SqlStorage;
  #made: boolean | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** `full`: when the bucket is full again, in milliseconds. Debts that are paid are forgotten with the next one. */
  set(debtor: string, tokens: number, at: number, full: number): void {
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS debts (debtor TEXT PRIMARY KEY, tokens REAL, at INTEGER, "full" INTEGER) WITHOUT ROWID',
    );
    this.#made = true;
    this.#sql.exec('DELETE FROM debts WHERE "full" <= ?', at);
    this.#sql.exec("INSERT OR REPLACE INTO debts VALUES (?, ?, ?, ?)", debtor, tokens, at, full);
  }

  get(debtor: string): { tokens: number; at: number } | undefined {
    this.#made ??= this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'debts'").toArray().length > 0;
    if (!this.#made) return undefined;
    const rows = this.#sql.exec<{ tokens: number; at: number }>(
      "SELECT tokens, at FROM debts WHERE debtor = ?",
      debtor,
    );
    return rows.toArray()[0];
  }
}
