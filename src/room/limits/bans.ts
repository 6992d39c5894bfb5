import { DormouseError } from "../../protocol/codes.ts";
import type { Admission } from "../../rpc/admission.ts";
import { hasTable } from "../log/schema.ts";
import type { RoomModule } from "../modules.ts";

/** Members who may not join, and until when. The first ban creates the table. Times are in milliseconds. */
export class Bans implements RoomModule {
  readonly name = "bans";
  readonly #sql: SqlStorage;
  #tableExists: boolean | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  checkJoin({ grant }: Admission, now: number): DormouseError | undefined {
    return this.refusalOf(grant.member, now);
  }

  /** The error for a banned member; undefined for any other. */
  refusalOf(member: string, now: number): DormouseError | undefined {
    const until = this.until(member, now);
    return until === undefined
      ? undefined
      : new DormouseError("banned", "You are banned from this room.", until - now);
  }

  /** Bans a member, and removes bans that have ended. */
  add(member: string, until: number, now: number): void {
    this.#sql.exec(
      "CREATE TABLE IF NOT EXISTS dormouse_bans (member TEXT PRIMARY KEY, until INTEGER) WITHOUT ROWID",
    );
    this.#tableExists = true;
    this.#sql.exec("DELETE FROM dormouse_bans WHERE until <= ?", now);
    this.#sql.exec("INSERT OR REPLACE INTO dormouse_bans (member, until) VALUES (?, ?)", member, until);
  }

  /** Ends a ban. @returns whether there was one */
  lift(member: string, now: number): boolean {
    const isBanned = this.until(member, now) !== undefined;
    if (isBanned) this.#sql.exec("DELETE FROM dormouse_bans WHERE member = ?", member);
    return isBanned;
  }

  /** When the ban of a member ends; undefined if there is none. */
  until(member: string, now: number): number | undefined {
    if (!this.#hasTable) return undefined;
    const rows = this.#sql.exec<{ until: number }>(
      "SELECT until FROM dormouse_bans WHERE member = ? AND until > ?",
      member,
      now,
    );
    return rows.toArray()[0]?.until;
  }

  storageNeededUntil(): number {
    if (!this.#hasTable) return 0;
    return (
      this.#sql.exec<{ last: number | null }>("SELECT max(until) AS last FROM dormouse_bans").one().last ?? 0
    );
  }

  onStorageDeleted(): void {
    this.#tableExists = false;
  }

  get #hasTable(): boolean {
    this.#tableExists ??= hasTable(this.#sql, "dormouse_bans");
    return this.#tableExists;
  }
}
