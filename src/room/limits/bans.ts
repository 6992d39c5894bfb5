import { DormouseError } from "../../protocol/codes.ts";
import type { Admission } from "../../rpc/admission.ts";
import { hasTable } from "../log/schema.ts";
import type { RoomModule } from "../modules.ts";

/** The members who may not join, and until when. The first ban makes the table. */
export class Bans implements RoomModule {
  readonly name = "bans";
  readonly #sql: SqlStorage;
  #made: boolean | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  checkJoin({ grant }: Admission, now: number): DormouseError | undefined {
    return this.refusalOf(grant.member, now);
  }

  /** The error for a banned member; undefined for any other. */
  refusalOf(member: string, now: number): DormouseError | undefined {
    const until = this.until(member, now);
    if (until === undefined) return undefined;
    return new DormouseError("banned", "You are banned from this room.", until - now);
  }

  /** Times in milliseconds. Bans that have ended are forgotten with the next one. */
  add(member: string, until: number, now: number): void {
    this.#sql.exec("CREATE TABLE IF NOT EXISTS bans (member TEXT PRIMARY KEY, until INTEGER) WITHOUT ROWID");
    this.#made = true;
    this.#sql.exec("DELETE FROM bans WHERE until <= ?", now);
    this.#sql.exec("INSERT OR REPLACE INTO bans (member, until) VALUES (?, ?)", member, until);
  }

  /** Ends a ban. Whether there was one comes back. */
  lift(member: string, now: number): boolean {
    const isBanned = this.until(member, now) !== undefined;
    if (isBanned) this.#sql.exec("DELETE FROM bans WHERE member = ?", member);
    return isBanned;
  }

  /** When a member's ban ends, in milliseconds; undefined where there is none. */
  until(member: string, now: number): number | undefined {
    if (!this.#isMade) return undefined;
    const rows = this.#sql.exec<{ until: number }>(
      "SELECT until FROM bans WHERE member = ? AND until > ?",
      member,
      now,
    );
    return rows.toArray()[0]?.until;
  }

  storageNeededUntil(): number {
    if (!this.#isMade) return 0;
    return this.#sql.exec<{ last: number | null }>("SELECT max(until) AS last FROM bans").one().last ?? 0;
  }

  onStorageDeleted(): void {
    this.#made = false;
  }

  get #isMade(): boolean {
    this.#made ??= hasTable(this.#sql, "bans");
    return this.#made;
  }
}
