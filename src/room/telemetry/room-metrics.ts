import * as v from "valibot";
import { type MetricsDataset, writeMinute } from "../../telemetry/metrics.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { AlarmScheduler } from "../alarm/alarm-scheduler.ts";
import type { RoomLog } from "../log/log.ts";
import type { RoomModule } from "../modules.ts";
import type { Presence } from "../presence/presence.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";

const MINUTE_MS = 60_000;

const KEY = "dormouse metrics";

/** The last message that a data point has counted. */
const countedSchema = v.object({ epoch: v.string(), seq: v.number() });

type Parts = {
  storage: DurableObjectStorage;
  log: RoomLog;
  connections: ConnectionManager;
  presence: Pick<Presence, "count">;
  alarm: AlarmScheduler;
  telemetry: Telemetry;
  roomName: () => string;
  /** Differs between rooms, so that their minutes do not end at the same time. */
  id: string;
};

/**
 * Writes one data point for each minute in which anything happened in the room, by the alarm. A room where nothing happens writes none,
 * and sleeps. Messages are counted by the log, and so exactly; the other counts begin anew after a hibernation.
 */
export class RoomMetrics implements RoomModule {
  readonly name = "metrics";
  readonly #dataset: MetricsDataset;
  readonly #parts: Parts;
  readonly #offsetMs: number;
  /** The end of the minute of the first event that is in no data point; undefined where there is none. */
  #due: number | undefined;

  constructor(dataset: MetricsDataset, parts: Parts) {
    this.#dataset = dataset;
    this.#parts = parts;
    this.#offsetMs = (Number.parseInt(parts.id.slice(0, 8), 16) || 0) % MINUTE_MS;
    parts.telemetry.onEvent(() => this.#onEvent());
  }

  nextRunAt(): number | undefined {
    return this.#due;
  }

  /** After a wake by the alarm, only the log knows whether anything happened. */
  run(now: number): void {
    const { log, connections, presence, telemetry, roomName } = this.#parts;
    const counted = this.#readCounted(now);
    if (this.#due === undefined && log.last === counted) return;
    this.#due = undefined;
    const counts = telemetry.takeCounts();
    const messages = log.last - counted;
    writeMinute(this.#dataset, {
      room: roomName(),
      members: presence.count,
      sockets: connections.size,
      messages,
      bytes: messages > 0 ? log.bytesAfter(counted) : 0,
      rate: messages / (MINUTE_MS / 1000),
      joins: counts.join ?? 0,
      leaves: counts.leave ?? 0,
      refusals: counts.refusal ?? 0,
      closes: counts.close ?? 0,
      slow_readers: counts.slow_reader ?? 0,
      webhook_failures: counts.failed_webhook ?? 0,
      errors: counts.error ?? 0,
    });
    if (messages > 0) this.#parts.storage.kv.put(KEY, { epoch: log.epoch, seq: log.last });
  }

  #onEvent(): void {
    if (this.#due !== undefined) return;
    const now = Date.now() - this.#offsetMs;
    this.#due = (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS + this.#offsetMs;
    this.#parts.alarm.scheduleEarlier();
  }

  /** The last message that a data point counted. Where there is none of this log, counting begins with the last minute. */
  #readCounted(now: number): number {
    const { storage, log } = this.#parts;
    if (!log.isStored) return log.last;
    const stored = v.safeParse(countedSchema, storage.kv.get(KEY));
    if (stored.success && stored.output.epoch === log.epoch) return stored.output.seq;
    // It reads the rows of the last minute, newest first, and one more.
    const query = "SELECT last FROM dormouse_segments WHERE at < ? ORDER BY first DESC LIMIT 1";
    const [older] = storage.sql.exec<{ last: number }>(query, now - MINUTE_MS).toArray();
    return older?.last ?? log.floor;
  }
}
