import type { DirectoryPort, RoomActivity } from "../../rpc/directory.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { abortAfter } from "../../time/time-limit.ts";
import type { AlarmScheduler } from "../alarm/alarm-scheduler.ts";
import type { RoomLog } from "../log/log.ts";
import { DAY_MS } from "../log/retention.ts";
import type { RoomModule } from "../modules.ts";
import type { Presence } from "../presence/presence.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import { MessageRate } from "./message-rate.ts";

/** When the room reported last: milliseconds. It is stored, because a room hibernates between two reports. */
const KEY = "dormouse reported at";

/** A room reports at most this often: milliseconds. */
const INTERVAL_MS = 60_000;

/** A report follows its cause after a random time between these, so that rooms that begin at once do not report at once: milliseconds. */
const DELAY_MS = { min: 1000, max: 5000 } as const;

/** An object stays in memory this long after its last event, and a little longer: milliseconds. */
const AWAKE_MS = 8000;

/** How long the directory may take: milliseconds. */
const TIMEOUT_MS = 2000;

/** The wait after a failed report doubles from the first of these to the last: milliseconds. */
const RETRY_MS = { first: 60_000, last: 900_000 } as const;

/** A room without sockets is woken this many times in a row for a report that failed. */
const MAX_WAKES = 5;

type Parts = {
  ctx: DurableObjectState;
  storage: DurableObjectStorage;
  alarm: AlarmScheduler;
  connections: ConnectionManager;
  log: RoomLog;
  telemetry: Telemetry;
  presence: Presence;
  historyDays: number;
  roomName: () => string;
  directory: DirectoryPort | undefined;
};

/**
 * Tells the directory how active the room is. It follows what happens by alarm, and costs the room nothing where the directory does not
 * answer. An alarm for it alone never wakes a room with open sockets: what it has not reported then waits for the next event or alarm.
 */
export class DirectoryReports implements RoomModule {
  readonly name = "directory reports";
  readonly #parts: Parts;
  readonly #rate = new MessageRate();
  /** The seq up to which messages are counted; undefined after a wake. */
  #countedSeq: number | undefined;
  /** Unknown after a wake: the log and the sessions then tell it. */
  #activeAt: number | undefined;
  /** Undefined until it is read. 0 where the room has not reported, or has reported that it holds nothing. */
  #reportedAt: number | undefined;
  #dueAt: number | undefined;
  /** Whether something happened since the last report. After a wake, it may have. */
  #isBehind = true;
  #sending: Promise<void> = Promise.resolve();
  #failures = 0;
  #retryAt = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  onLive(): void {
    this.#onActivity();
  }

  onLeave(): void {
    this.#onActivity();
  }

  onMemberChange(): void {
    this.#onActivity();
  }

  onAppend(): void {
    if (this.#parts.directory === undefined) return;
    const { last } = this.#parts.log;
    const now = Date.now();
    this.#rate.add(Math.max(0, last - (this.#countedSeq ?? last - 1)), now);
    this.#countedSeq = last;
    this.#onActivity(now);
  }

  /** An erased room is not listed for longer than it takes to say so. */
  onErase(): void {
    this.#countedSeq = 0;
    this.#retryAt = 0;
    this.#isBehind = true;
    if (this.#parts.directory !== undefined) this.#dueAt = Date.now();
  }

  onImport(): void {
    this.#countedSeq = this.#parts.log.last;
    this.#onActivity();
  }

  onStorageDeleted(): void {
    this.#reportedAt = 0;
    this.#dueAt = undefined;
  }

  nextRunAt(): number | undefined {
    return this.#dueAt;
  }

  run(now: number): void {
    const { directory, roomName } = this.#parts;
    const room = roomName();
    if (directory === undefined || room === "" || !this.#isBehind) return;
    const dueAt = this.#dueAt ?? Math.max(this.#lastReport + INTERVAL_MS, this.#retryAt);
    if (dueAt > now) return;
    this.#dueAt = undefined;
    const activity = this.activity(now);
    if (activity === null && this.#lastReport === 0) return;
    this.#isBehind = false;
    this.#note(activity === null ? 0 : now);
    // One after the other: the report of an erase must not be overtaken by the one before it.
    this.#sending = this.#sending.then(() => this.#send(directory, room, now, activity));
    this.#parts.ctx.waitUntil(this.#sending);
  }

  /** How active the room is; null where it holds nothing. */
  activity(now = Date.now()): RoomActivity | null {
    const { connections, log, presence, historyDays } = this.#parts;
    if (log.isEmpty && connections.size === 0 && presence.count === 0) return null;
    this.#activeAt ??= this.#lastEvent();
    const activeAt = this.#activeAt;
    return {
      members: presence.count,
      sockets: connections.size,
      seq: log.last,
      rate: this.#rate.perMinute(now),
      activeAt,
      until: Math.max(activeAt, now) + (historyDays + 1) * DAY_MS,
    };
  }

  #onActivity(now = Date.now()): void {
    const { directory, connections, alarm } = this.#parts;
    if (directory === undefined) return;
    this.#activeAt = now;
    this.#isBehind = true;
    if (this.#dueAt !== undefined && this.#dueAt - now <= AWAKE_MS) return;
    const delay = DELAY_MS.min + Math.random() * (DELAY_MS.max - DELAY_MS.min);
    const dueAt = Math.max(now + delay, this.#lastReport + INTERVAL_MS, this.#retryAt);
    const isAwake = dueAt - now <= AWAKE_MS || connections.size === 0;
    const isSet = this.#dueAt !== undefined;
    this.#dueAt = isAwake ? dueAt : undefined;
    if (isAwake && !isSet) alarm.scheduleEarlier();
  }

  async #send(
    directory: DirectoryPort,
    room: string,
    at: number,
    activity: RoomActivity | null,
  ): Promise<void> {
    try {
      const report = { room, object: `${this.#parts.ctx.id}`, at, activity };
      await abortAfter(TIMEOUT_MS, (signal) => directory.send(report, signal));
      this.#failures = 0;
    } catch (error) {
      if (this.#failures === 0)
        this.#parts.telemetry.fault("directory_failed", "A report to the directory", error);
      this.#onFailure(Date.now());
    }
  }

  #onFailure(now: number): void {
    const { connections, alarm } = this.#parts;
    const wait = Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** this.#failures);
    this.#failures++;
    this.#retryAt = now + wait * (1 + Math.random() / 4);
    this.#isBehind = true;
    // Whatever the room reports next is a change: the directory may list it still.
    if (this.#lastReport === 0) this.#reportedAt = 1;
    if (connections.size > 0 || this.#failures > MAX_WAKES) return;
    this.#dueAt = this.#retryAt;
    alarm.scheduleEarlier();
  }

  get #lastReport(): number {
    this.#reportedAt ??= Number(this.#parts.storage.kv.get(KEY) ?? 0);
    return this.#reportedAt;
  }

  #note(now: number): void {
    const { kv } = this.#parts.storage;
    if (now > 0) kv.put(KEY, now);
    else kv.delete(KEY);
    this.#reportedAt = now;
  }

  #lastEvent(): number {
    let at = this.#parts.log.lastAt;
    for (const { joinedAt } of this.#parts.connections.sessions()) at = Math.max(at, joinedAt);
    return at;
  }
}
