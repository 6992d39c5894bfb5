import { hasTable } from "../log/schema.ts";

/** Members who may not join, and until when. The first ban creates the table. Times are in milliseconds. */
export class Bans {
  readonly #sql: SqlStorage;
  #tableExists: boolean | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Bans a member, and removes bans that have ended. */
  add(member: string, until: number, now: number): void {
    this.#sql.exec("CREATE TABLE IF NOT EXISTS bans (member TEXT PRIMARY KEY, until INTEGER) WITHOUT ROWID");
    this.#tableExists = true;
    this.#sql.exec("DELETE FROM bans WHERE until <= ?", now);
    this.#sql.exec("INSERT OR REPLACE INTO bans (member, until) VALUES (?, ?)", member, until);
  }

  /** Ends a ban. @returns whether there was one */
  lift(member: string, now: number): boolean {
    const isBanned = this.until(member, now) !== undefined;
    if (isBanned) this.#sql.exec("DELETE FROM bans WHERE member = ?", member);
    return isBanned;
  }

  /** When the ban of a member ends; undefined if there is none. */
  until(member: string, now: number): number | undefined {
    if (!this.#hasTable) return undefined;
    const rows = this.#sql.exec<{ until: number }>(
      "SELECT until FROM bans WHERE member = ? AND until > ?",
      member,
      now,
    );
    return rows.toArray()[0]?.until;
  }

  /** When the last ban ends; 0 if there is none. */
  get lastEnd(): number {
    if (!this.#hasTable) return 0;
    return this.#sql.exec<{ last: number | null }>("SELECT max(until) AS last FROM bans").one().last ?? 0;
  }

  onStorageDeleted(): void {
    this.#tableExists = false;
  }

  get #hasTable(): boolean {
    this.#tableExists ??= hasTable(this.#sql, "bans");
    return this.#tableExists;
  }
}
