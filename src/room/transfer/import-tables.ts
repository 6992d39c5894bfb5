import * as v from "valibot";
import type { ExportedMessage } from "../../protocol/transfer.ts";
import { beginLog, createSegments, hasTable } from "../log/schema.ts";
import type { Segment } from "../log/segment.ts";
import { insertSegment } from "../log/segment-rows.ts";
import type { Form } from "../operations/form.ts";
import { FormRows } from "../operations/form-rows.ts";

const PREFIX = "dormouse_import_";
const SEGMENTS = `${PREFIX}segments`;
const FORM_TABLES = ["forms", "reactions", "streams", "open_streams"] as const;

/** How far an import has come. `last`: the seq up to which there are rows. `changedAt`: when its last part came, in milliseconds. */
const stateSchema = v.object({
  key: v.string(),
  floor: v.number(),
  last: v.number(),
  at: v.number(),
  total: v.number(),
  messages: v.number(),
  changedAt: v.number(),
});
export type ImportState = v.InferOutput<typeof stateSchema>;

/** The tables of an import. They take the place of the log's tables at its end, which costs the same however large they are. */
export class ImportTables {
  readonly #sql: SqlStorage;
  readonly #rows: FormRows;
  #exist: boolean | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#rows = new FormRows(sql, PREFIX);
  }

  get state(): ImportState | undefined {
    this.#exist ??= hasTable(this.#sql, `${PREFIX}state`);
    if (!this.#exist) return undefined;
    const [row] = this.#sql.exec<{ state: string }>(`SELECT state FROM ${PREFIX}state`).toArray();
    return row === undefined ? undefined : v.parse(stateSchema, JSON.parse(row.state));
  }

  save(state: ImportState): void {
    if (this.state === undefined) {
      this.#sql.exec(`CREATE TABLE IF NOT EXISTS ${PREFIX}state (id INTEGER PRIMARY KEY, state TEXT)`);
      createSegments(this.#sql, SEGMENTS);
      this.#exist = true;
    }
    this.#sql.exec(`INSERT OR REPLACE INTO ${PREFIX}state VALUES (1, ?)`, JSON.stringify(state));
  }

  /** @returns the `total` of the row */
  addSegment(segment: Segment, ids: readonly string[], total: number): number {
    // With rows that hold no messages, the log is read by way of the forms.
    if (segment.ops > 0) this.#rows.create();
    return insertSegment(this.#sql, { segment, ids }, total, SEGMENTS);
  }

  addForm(form: Form, reactions: NonNullable<ExportedMessage["reactions"]>): void {
    this.#rows.create();
    this.#rows.put(form);
    for (const [key, { members }] of Object.entries(reactions))
      for (const member of members) this.#rows.setReaction(form.seq, member, key, true);
  }

  /** Makes the tables those of the log. */
  adopt(epoch: string, floor: number): void {
    this.#replace("segments");
    if (this.#rows.exist) for (const table of FORM_TABLES) this.#replace(table);
    this.#sql.exec(`DROP TABLE ${PREFIX}state`);
    beginLog(this.#sql, epoch);
    this.#sql.exec("INSERT OR REPLACE INTO dormouse_meta (key, value) VALUES ('floor', ?)", floor);
    this.forget();
  }

  drop(): void {
    for (const table of ["state", "segments", ...FORM_TABLES])
      this.#sql.exec(`DROP TABLE IF EXISTS ${PREFIX}${table}`);
    this.forget();
  }

  /** The known state of the tables may be wrong. */
  forget(): void {
    this.#exist = undefined;
    this.#rows.forget();
  }

  #replace(table: string): void {
    this.#sql.exec(`DROP TABLE IF EXISTS dormouse_${table}`);
    this.#sql.exec(`ALTER TABLE ${PREFIX}${table} RENAME TO dormouse_${table}`);
  }
}
