import { waitForFileStore } from "../../rpc/file-store-call.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { AlarmScheduler } from "../alarm/alarm-scheduler.ts";
import type { HookRunner } from "../hooks/hook-runner.ts";
import type { RoomLog } from "../log/log.ts";
import type { RoomModule } from "../modules.ts";
import type { FileLinks } from "./file-links.ts";
import type { FileRow, FileRows } from "./file-rows.ts";

/** Files that one run removes before the alarm rings again. */
const RUN_FILES = 100;

/** The wait before a file is tried again doubles from the first of these to the last: milliseconds. */
const RETRY_MS = { first: 1000, last: 3_600_000 } as const;

/** A run that was lost with the object is repeated by the alarm after this time: milliseconds. */
const LOST_MS = 120_000;

type Parts = {
  telemetry: Telemetry;
  ctx: DurableObjectState;
  log: RoomLog;
  alarm: AlarmScheduler;
  runner: HookRunner;
  rows: FileRows;
  links: FileLinks;
  /** The store; undefined where the deployment has none. */
  files: R2Bucket | undefined;
};

/**
 * Removes files from the store: those of deleted, trimmed and erased messages, and uploads that nobody finished. The alarm does it, after
 * the turn that decided it, so the room never waits for the store. What fails is tried again.
 */
export class FileRemoval implements RoomModule {
  readonly name = "file removal";
  readonly #parts: Parts;
  #next: { due: number | undefined; firstSeq: number | undefined } | undefined;
  #isRunning = false;
  #lostAt = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.runner.onRollback(() => this.onStorageDeleted());
  }

  /** The table changed: looks again when something is due. */
  onChange(): void {
    this.#next = undefined;
    this.#parts.alarm.scheduleEarlier();
  }

  onRedact(deleted: readonly number[]): void {
    const { rows } = this.#parts;
    if (!rows.exist) return;
    for (const seq of deleted) rows.dropOfMessage(seq, Date.now());
    this.onChange();
  }

  /** Ends the uploads of a member that are not published. Published files go with their messages. */
  dropUploadsOf(member: string): void {
    const { rows } = this.#parts;
    if (!rows.exist) return;
    rows.dropUploadsOf(member, Date.now());
    this.onChange();
  }

  onErase(): void {
    const { rows, links } = this.#parts;
    if (!rows.exist) return;
    rows.dropAll(Date.now());
    links.forget();
    this.onChange();
  }

  onStorageDeleted(): void {
    this.#parts.rows.forget();
    this.#next = undefined;
  }

  nextRunAt(): number | undefined {
    const { rows, log, files } = this.#parts;
    // Without the store nothing can be removed. The table stays until the binding is back.
    if (files === undefined || !rows.exist) return undefined;
    if (this.#isRunning) return this.#lostAt;
    this.#next ??= { due: rows.firstDue, firstSeq: rows.firstSeq };
    const { due, firstSeq } = this.#next;
    return firstSeq !== undefined && firstSeq <= log.floor ? 0 : due;
  }

  run(now: number): void {
    const next = this.nextRunAt();
    if (this.#isRunning || next === undefined || next > now) return;
    const { ctx, rows, log } = this.#parts;
    // A message takes its file along when retention removes it.
    rows.dropUpTo(log.floor, now);
    const due = rows.takeDue(now, RUN_FILES);
    this.#next = undefined;
    if (due.length === 0) return;
    this.#isRunning = true;
    this.#lostAt = now + LOST_MS;
    ctx.waitUntil(this.#remove(due));
  }

  storageNeededUntil(): number {
    const { rows } = this.#parts;
    return rows.exist && !rows.isEmpty ? Number.POSITIVE_INFINITY : 0;
  }

  async #remove(due: readonly FileRow[]): Promise<void> {
    const { rows, ctx, alarm, files, telemetry } = this.#parts;
    try {
      // An upload that is aborted cannot be completed any more, so its object is deleted after that.
      const results = await Promise.allSettled(due.map((row) => this.#abort(row)));
      const aborted = due.filter((_, i) => results[i]?.status === "fulfilled");
      if (aborted.length > 0)
        await waitForFileStore(
          files?.delete(aborted.map(({ file }) => keyOf(ctx, file))) ?? Promise.resolve(),
        );
      for (const { file } of aborted) rows.delete(file);
      const failed = results.find((result) => result.status === "rejected");
      for (const row of due) if (!aborted.includes(row)) retry(rows, row);
      if (failed !== undefined) telemetry.fault("file_store_failed", "Aborting uploads", failed.reason);
    } catch (error) {
      telemetry.fault("file_store_failed", "Removing files from the store", error);
      for (const row of due) retry(rows, row);
    } finally {
      this.#isRunning = false;
      this.#next = undefined;
      alarm.reschedule();
    }
  }

  async #abort({ file, upload, seq }: FileRow): Promise<void> {
    const { files, ctx } = this.#parts;
    if (files === undefined || upload === null || seq !== null) return;
    try {
      await waitForFileStore(files.resumeMultipartUpload(keyOf(ctx, file), upload).abort());
    } catch (error) {
      // One that the store does not know has ended: it was completed or aborted before.
      if (!/10024|does not exist|NoSuchUpload/i.test(String(error))) throw error;
    }
  }
}

/** The object of a file in the store. Rooms of all classes share a store, and the id of their object tells them apart. */
export function keyOf({ id }: DurableObjectState, file: string): string {
  return `${id}/${file}`;
}

function retry(rows: FileRows, { file, failures }: FileRow): void {
  rows.retry(file, Date.now() + Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** failures));
}
