import { utf8Length } from "../../protocol/text.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { AlarmScheduler } from "../alarm/alarm-scheduler.ts";
import { hasTable } from "../log/schema.ts";
import type { RoomModule } from "../modules.ts";
import { HOOK_TIMEOUT_MS, type HookRunner } from "./hook-runner.ts";

const TABLE = "dormouse_schedules";

/** The limits of one room's schedule: entries, and bytes of one payload as JSON. */
const MAX_ENTRIES = 1000;
const MAX_PAYLOAD_BYTES = 16_384;

/** The wait before an entry is tried again doubles from the first of these to the last: milliseconds. */
const RETRY_MS = { first: 1000, last: 300_000 } as const;

/** An entry that failed so often is dropped, which takes about a day. */
const MAX_FAILURES = 300;

/** Entries that one run calls before the alarm rings again. */
const RUN_ENTRIES = 100;

/** A run that was lost with the object is repeated by the alarm after this time: milliseconds. */
const LOST_MS = 2 * HOOK_TIMEOUT_MS;

type Entry = { id: number; payload: string; failures: number };

/** Calls `onSchedule` at the times that the room's owner asked for, by the room's alarm, at least once each. */
export class Schedule implements RoomModule {
  readonly name = "schedule";
  readonly #storage: DurableObjectStorage;
  readonly #runner: HookRunner;
  readonly #alarm: AlarmScheduler;
  readonly #telemetry: Telemetry;
  readonly #ctx: DurableObjectState;
  #hasTable: boolean | undefined;
  #next: number | undefined;
  #isNextKnown = false;
  #isRunning = false;
  #lostAt = 0;

  constructor(room: {
    ctx: DurableObjectState;
    storage: DurableObjectStorage;
    runner: HookRunner;
    alarm: AlarmScheduler;
    telemetry: Telemetry;
  }) {
    this.#ctx = room.ctx;
    this.#storage = room.storage;
    this.#runner = room.runner;
    this.#alarm = room.alarm;
    this.#telemetry = room.telemetry;
    room.runner.onRollback(() => this.onStorageDeleted());
  }

  /**
   * @param at milliseconds, as `Date.now()` counts them
   * @returns the id of the entry, for `cancel`
   * @throws RangeError for no time, for too many entries and for a payload that is too large
   */
  add(at: number, payload: unknown): number {
    if (!Number.isFinite(at)) throw new RangeError(`${at} is not a time. Give a Date, or milliseconds.`);
    const json = JSON.stringify(payload) ?? "null";
    if (utf8Length(json) > MAX_PAYLOAD_BYTES)
      throw new RangeError(`The payload of a schedule has at most ${MAX_PAYLOAD_BYTES} bytes as JSON.`);
    const { sql } = this.#storage;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS ${TABLE} (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER, payload TEXT, failures INTEGER)`,
    );
    this.#hasTable = true;
    const { count } = sql.exec<{ count: number }>(`SELECT count(*) AS count FROM ${TABLE}`).one();
    if (count >= MAX_ENTRIES) throw new RangeError(`A room has at most ${MAX_ENTRIES} scheduled entries.`);
    const { id } = sql
      .exec<{ id: number }>(
        `INSERT INTO ${TABLE} (at, payload, failures) VALUES (?, ?, 0) RETURNING id`,
        Math.ceil(at),
        json,
      )
      .one();
    this.#isNextKnown = false;
    this.#alarm.scheduleEarlier();
    return id;
  }

  /** @returns whether the entry was there still */
  cancel(id: number): boolean {
    if (!this.#isMade) return false;
    const { rowsWritten } = this.#storage.sql.exec(`DELETE FROM ${TABLE} WHERE id = ?`, id);
    this.#isNextKnown = false;
    return rowsWritten > 0;
  }

  nextRunAt(): number | undefined {
    if (this.#isRunning) return this.#lostAt;
    if (!this.#isNextKnown) {
      this.#next = this.#isMade
        ? (this.#storage.sql.exec<{ at: number | null }>(`SELECT min(at) AS at FROM ${TABLE}`).one().at ??
          undefined)
        : undefined;
      this.#isNextKnown = true;
    }
    return this.#next;
  }

  run(now: number): void {
    const next = this.nextRunAt();
    if (this.#isRunning || next === undefined || next > now) return;
    this.#isRunning = true;
    this.#lostAt = now + LOST_MS;
    this.#ctx.waitUntil(this.#runDue(now));
  }

  storageNeededUntil(): number {
    return this.nextRunAt() === undefined ? 0 : Number.POSITIVE_INFINITY;
  }

  onStorageDeleted(): void {
    this.#hasTable = undefined;
    this.#isNextKnown = false;
  }

  async #runDue(now: number): Promise<void> {
    try {
      // One at a time, since a call may cancel those after it.
      for (let i = 0; i < RUN_ENTRIES; i++) {
        const entry = this.#firstDue(now);
        if (entry === undefined) break;
        this.#lostAt = Date.now() + LOST_MS;
        await this.#runEntry(entry);
      }
    } catch (error) {
      this.#telemetry.fault("storage_failed", "The schedule of a room could not be run", error);
    } finally {
      this.#isRunning = false;
      this.#isNextKnown = false;
      this.#alarm.reschedule();
    }
  }

  #firstDue(now: number): Entry | undefined {
    const query = `SELECT id, payload, failures FROM ${TABLE} WHERE at <= ? ORDER BY at, id LIMIT 1`;
    return this.#storage.sql.exec<Entry>(query, now).toArray()[0];
  }

  async #runEntry({ id, payload, failures }: Entry): Promise<void> {
    const { sql } = this.#storage;
    try {
      await this.#runner.after("onSchedule", () => this.#runner.hooks.onSchedule?.(JSON.parse(payload)));
      sql.exec(`DELETE FROM ${TABLE} WHERE id = ?`, id);
    } catch {
      if (failures + 1 >= MAX_FAILURES) {
        this.#runner.report(
          new Error(`A scheduled entry failed ${MAX_FAILURES} times, and is dropped.`),
          "onSchedule",
        );
        sql.exec(`DELETE FROM ${TABLE} WHERE id = ?`, id);
        return;
      }
      const wait = Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** failures);
      sql.exec(`UPDATE ${TABLE} SET at = ?, failures = failures + 1 WHERE id = ?`, Date.now() + wait, id);
    }
  }

  get #isMade(): boolean {
    this.#hasTable ??= hasTable(this.#storage.sql, TABLE);
    return this.#hasTable;
  }
}
