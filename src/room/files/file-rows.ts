import type { FileToUpload } from "../../rpc/file-calls.ts";
import { hasTable } from "../log/schema.ts";

const TABLE = "dormouse_files";
const PARTS = "dormouse_file_parts";

/**
 * A file. `owner`: the rate key of who began it. `upload`: its multipart upload; null until it is open. `etag`: null until the store has put
 * the parts together. `message`, `seq`: of its message; null until that is stored. `due`: when it is removed, in milliseconds; null while its
 * message keeps it. `gone`: it is only still to be removed from the store.
 */
export type FileRow = {
  file: string;
  member: string;
  owner: string;
  name: string;
  type: string;
  size: number;
  width: number | null;
  height: number | null;
  part_bytes: number;
  upload: string | null;
  etag: string | null;
  inline: number;
  message: string | null;
  seq: number | null;
  due: number | null;
  gone: number;
  failures: number;
};

/** The table of a room's files. The first upload creates it. */
export class FileRows {
  readonly #sql: SqlStorage;
  #exist: boolean | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get exist(): boolean {
    this.#exist ??= hasTable(this.#sql, TABLE);
    return this.#exist;
  }

  /** The known state of the tables may be wrong: they were deleted, or their creation was rolled back. */
  forget(): void {
    this.#exist = undefined;
  }

  get(file: string): FileRow | undefined {
    if (!this.exist) return undefined;
    return this.#sql.exec<FileRow>(`SELECT * FROM ${TABLE} WHERE file = ?`, file).toArray()[0];
  }

  add(file: string, member: string, owner: string, about: FileToUpload, due: number): void {
    const { name, type, size, width = null, height = null, partBytes } = about;
    this.#sql.exec(
      `INSERT INTO ${TABLE} (file, member, owner, name, type, size, width, height, part_bytes, inline, due, gone, failures)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, 0)`,
      ...[file, member, owner, name, type, size, width, height, partBytes, due],
    );
  }

  create(): void {
    if (this.exist) return;
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS ${TABLE} (file TEXT PRIMARY KEY, member TEXT, owner TEXT, name TEXT, type TEXT, size INTEGER,
       width INTEGER, height INTEGER, part_bytes INTEGER, upload TEXT, etag TEXT, inline INTEGER, message TEXT, seq INTEGER,
       due INTEGER, gone INTEGER, failures INTEGER) WITHOUT ROWID`,
    );
    this.#sql.exec(
      `CREATE INDEX IF NOT EXISTS dormouse_files_seq ON ${TABLE} (seq) WHERE seq IS NOT NULL AND gone = 0`,
    );
    this.#sql.exec(`CREATE INDEX IF NOT EXISTS dormouse_files_due ON ${TABLE} (due) WHERE due IS NOT NULL`);
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS ${PARTS} (file TEXT, part INTEGER, etag TEXT, PRIMARY KEY (file, part)) WITHOUT ROWID`,
    );
    this.#exist = true;
  }

  /** The bytes of all files, the uploads that are open, and those of one owner. */
  usage(owner: string): { bytes: number; open: number; owned: number } {
    return this.#sql
      .exec<{ bytes: number; open: number; owned: number }>(
        `SELECT coalesce(sum(size), 0) AS bytes, coalesce(sum(seq IS NULL), 0) AS open,
         coalesce(sum(seq IS NULL AND owner = ?), 0) AS owned FROM ${TABLE} WHERE gone = 0`,
        owner,
      )
      .one();
  }

  /** The store has begun the upload. */
  open(file: string, upload: string, due: number): void {
    this.#sql.exec(`UPDATE ${TABLE} SET upload = ?, due = ? WHERE file = ?`, upload, due, file);
  }

  /** Notes a part, and puts off the end of the upload. */
  addPart(file: string, part: number, etag: string, due: number): void {
    this.#sql.exec(`INSERT OR REPLACE INTO ${PARTS} (file, part, etag) VALUES (?, ?, ?)`, file, part, etag);
    this.#sql.exec(`UPDATE ${TABLE} SET due = ? WHERE file = ?`, due, file);
  }

  partsOf(file: string): { part: number; etag: string }[] {
    const query = `SELECT part, etag FROM ${PARTS} WHERE file = ? ORDER BY part`;
    return this.#sql.exec<{ part: number; etag: string }>(query, file).toArray();
  }

  /** The store has the whole file. */
  complete(file: string, etag: string, inline: boolean, due: number): void {
    const query = `UPDATE ${TABLE} SET etag = ?, inline = ?, due = ? WHERE file = ?`;
    this.#sql.exec(query, etag, Number(inline), due, file);
    this.#sql.exec(`DELETE FROM ${PARTS} WHERE file = ?`, file);
  }

  publish(file: string, message: string, seq: number): void {
    const query = `UPDATE ${TABLE} SET message = ?, seq = ?, due = NULL WHERE file = ?`;
    this.#sql.exec(query, message, seq, file);
  }

  /** The lowest seq of a message with a file. */
  get firstSeq(): number | undefined {
    const query = `SELECT min(seq) AS first FROM ${TABLE} WHERE seq IS NOT NULL AND gone = 0`;
    return this.#sql.exec<{ first: number | null }>(query).one().first ?? undefined;
  }

  get firstDue(): number | undefined {
    const query = `SELECT min(due) AS first FROM ${TABLE} WHERE due IS NOT NULL`;
    return this.#sql.exec<{ first: number | null }>(query).one().first ?? undefined;
  }

  get isEmpty(): boolean {
    return this.#sql.exec(`SELECT 1 FROM ${TABLE} LIMIT 1`).toArray().length === 0;
  }

  /** Has files removed. @param due milliseconds */
  drop(file: string, due: number): void {
    this.#sql.exec(`UPDATE ${TABLE} SET gone = 1, due = ? WHERE file = ? AND gone = 0`, due, file);
  }

  dropOfMessage(seq: number, due: number): void {
    this.#sql.exec(`UPDATE ${TABLE} SET gone = 1, due = ? WHERE seq = ? AND gone = 0`, due, seq);
  }

  dropUpTo(seq: number, due: number): void {
    this.#sql.exec(`UPDATE ${TABLE} SET gone = 1, due = ? WHERE seq <= ? AND gone = 0`, due, seq);
  }

  /** Drops the uploads of a member that are not published. */
  dropUploadsOf(member: string, due: number): void {
    const query = `UPDATE ${TABLE} SET gone = 1, due = ? WHERE member = ? AND seq IS NULL AND gone = 0`;
    this.#sql.exec(query, due, member);
  }

  dropAll(due: number): void {
    this.#sql.exec(`UPDATE ${TABLE} SET gone = 1, due = ? WHERE gone = 0`, due);
  }

  /** Drops the uploads that have ended unfinished, and returns files to remove from the store. */
  takeDue(now: number, limit: number): FileRow[] {
    this.#sql.exec(`UPDATE ${TABLE} SET gone = 1 WHERE due <= ? AND gone = 0`, now);
    return this.#sql
      .exec<FileRow>(`SELECT * FROM ${TABLE} WHERE due <= ? ORDER BY due LIMIT ?`, now, limit)
      .toArray();
  }

  delete(file: string): void {
    this.#sql.exec(`DELETE FROM ${TABLE} WHERE file = ?`, file);
    this.#sql.exec(`DELETE FROM ${PARTS} WHERE file = ?`, file);
  }

  /** A file could not be removed from the store. @param due when it is tried again: milliseconds */
  retry(file: string, due: number): void {
    this.#sql.exec(`UPDATE ${TABLE} SET due = ?, failures = failures + 1 WHERE file = ?`, due, file);
  }
}
