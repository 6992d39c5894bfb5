import type { RoomEvent } from "../protocol/webhook.ts";
import type { AlarmScheduler } from "../room/alarm/alarm-scheduler.ts";
import type { RoomLog } from "../room/log/log.ts";
import type { Presence } from "../room/presence/presence.ts";
import { Throttle } from "../room/throttle.ts";
import type { WebhookEvent } from "../settings/webhook.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { MembershipRow, WebhookQueue } from "./queue.ts";

/** Changes are recorded at most once in this window: milliseconds. */
const WINDOW_MS = 250;

/** Events of one row. With the longest ids and names that is about 80 kB. */
const ROW_EVENTS = 50;

/** A member joined or left. `seq`: the last message before that. */
type Change = { member: string; name: string; isPresent: boolean; at: number; seq: number };

type Dependencies = {
  presence: Pick<Presence, "entry">;
  queue: WebhookQueue;
  log: RoomLog;
  telemetry: Telemetry;
  /** The event types that the webhook receives. */
  eventTypes: ReadonlySet<WebhookEvent>;
  alarm: Pick<AlarmScheduler, "scheduleEarlier">;
};

/** Records who joins and who leaves in the queue. A member who stays for a moment only is recorded, too. */
export class MembershipEvents {
  readonly #presence: Pick<Presence, "entry">;
  readonly #queue: WebhookQueue;
  readonly #log: RoomLog;
  readonly #telemetry: Telemetry;
  readonly #eventTypes: ReadonlySet<WebhookEvent>;
  readonly #alarm: Pick<AlarmScheduler, "scheduleEarlier">;
  /** Changes that are not recorded yet, in order, and the latest of each member. */
  #changes: Change[] = [];
  readonly #latest = new Map<string, Change>();
  readonly #window = new Throttle(
    () => this.#record(),
    () => WINDOW_MS,
  );

  constructor({ presence, queue, log, telemetry, eventTypes, alarm }: Dependencies) {
    this.#presence = presence;
    this.#queue = queue;
    this.#log = log;
    this.#telemetry = telemetry;
    this.#eventTypes = eventTypes;
    this.#alarm = alarm;
  }

  /** A member may have joined or left. */
  onMemberChange(member: string): void {
    const entry = this.#presence.entry(member);
    const latest = this.#latest.get(member);
    const isPresent = entry !== undefined;
    const { members } = this.#queue;
    if (isPresent === (latest?.isPresent ?? members.has(member))) return;
    const name = entry?.name ?? latest?.name ?? members.get(member) ?? "";
    const change = { member, name, isPresent, at: Date.now(), seq: this.#log.last };
    this.#changes.push(change);
    this.#latest.set(member, change);
    this.#window.request();
  }

  /** Records pending changes now. */
  flush(): void {
    this.#window.cancel();
    if (this.#changes.length > 0) this.#record();
  }

  #record(): void {
    const latest = [...this.#latest.values()];
    const joined = latest.filter(({ isPresent }) => isPresent);
    const left = latest.filter(({ isPresent }) => !isPresent);
    const rows = this.#rows();
    this.#changes = [];
    this.#latest.clear();
    try {
      // Event ids hold the epoch, which must be the same after a sleep.
      this.#log.storeEpoch();
      this.#queue.add(rows, {
        joined: new Map(joined.map(({ member, name }) => [member, name])),
        left: left.map(({ member }) => member),
      });
    } catch (error) {
      const step = "Joins and leaves are dropped for the webhook. Storing them";
      this.#telemetry.fault("storage_failed", step, error);
      this.#queue.countDropped(rows.reduce((sum, { events }) => sum + events.length, 0));
    }
    this.#alarm.scheduleEarlier();
  }

  /** The events of all pending changes. Changes between the same two messages share rows. */
  #rows(): MembershipRow[] {
    const rows: MembershipRow[] = [];
    let count = this.#queue.members.size;
    for (const change of this.#changes) {
      const wasEmpty = count === 0;
      count += change.isPresent ? 1 : -1;
      const events = this.#eventsOf(change, wasEmpty, count === 0);
      if (events.length === 0) continue;
      const latest = rows.at(-1);
      if (latest?.seq === change.seq && latest.events.length < ROW_EVENTS) latest.events.push(...events);
      else rows.push({ seq: change.seq, events });
    }
    return rows;
  }

  /** The events of one change that the webhook receives: the first join and the last leave also concern the room. */
  #eventsOf({ member, name, isPresent, at }: Change, wasEmpty: boolean, isEmpty: boolean): RoomEvent[] {
    const common = () => ({ id: `${this.#log.epoch}.${at}.${crypto.randomUUID()}`, at });
    const events: RoomEvent[] = [];
    if (isPresent && wasEmpty) events.push({ ...common(), type: "room.occupied" });
    events.push({ ...common(), type: isPresent ? "member.joined" : "member.left", member, name });
    if (isEmpty) events.push({ ...common(), type: "room.vacated" });
    return events.filter(({ type }) => this.#eventTypes.has(type));
  }
}
