import type { RoomEvent } from "../protocol/webhook.ts";
import type { AlarmScheduler } from "../room/alarm/alarm-scheduler.ts";
import type { RoomLog } from "../room/log/log.ts";
import type { RoomModule } from "../room/modules.ts";
import type { Presence } from "../room/presence/presence.ts";
import type { Settings } from "../settings/settings.ts";
import type { Webhook } from "../settings/webhook.ts";
import { BATCH, type Backlog, type Batch, batchOf, bodyOf } from "./batch.ts";
import { type Answer, DELIVERY_TIMEOUT_MS, deliver } from "./deliver.ts";
import { MembershipEvents } from "./membership-events.ts";
import { type DeliveryState, WebhookQueue } from "./queue.ts";

/** Deliveries follow each other for so long, milliseconds, and in such a number; where more waits, the alarm rings again. */
const ROUND_MS = 10_000;
/** An event may make 50 requests on the free plan. */
const ROUND_BATCHES = 40;

/** The wait after a failure doubles from the first to the last of these, and up to a quarter of it more is thrown in. */
const RETRY_MS = { first: 5000, last: 3_600_000 } as const;

/** A receiver that finds a single part too big is asked so many times before that is dropped. */
const TOO_BIG_TRIES = 3;

/** A receiver that found a delivery too big gets ones of half its size, and by so many bytes more after each that it takes. */
const GROWTH_BYTES = 1024;

/** What is told at once, the same at each attempt. `seq`: up to where messages are told with it. */
type Delivery = { id: string; tooBig: number; batch: Batch; seq: number; dropped: number };

type Parts = {
  webhook: Webhook;
  /** The room's name; unknown until somebody has come in. */
  room: () => string | undefined;
  log: RoomLog;
  presence: Presence;
  outgoing: WebhookQueue;
  /** How long who went while nobody looked may be away: milliseconds. */
  graceMs: number;
  /** Takes work that the object is to stay in memory for. */
  keep: (work: Promise<void>) => void;
  /** Something has come to wait. */
  stirred: () => void;
  /** Deliveries have ended, and what is due next may be due at another time. */
  ended: () => void;
};

/**
 * Tells a webhook what happens in the room, at least once: by the room's alarm, with nobody waiting for it. Who came and went
 * waits in a table; messages are read from the log.
 */
export class Webhooks implements RoomModule {
  readonly name = "webhooks";
  readonly #parts: Parts;
  readonly #comings: MembershipEvents;
  /** Whether deliveries are under way, and when they can only have been lost. */
  #isDelivering = false;
  #lostAt = 0;
  /** What a delivery may weigh. */
  #bytes: number = BATCH.bytes;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { presence, outgoing, log, webhook, stirred } = parts;
    const isWanted = (type: RoomEvent["type"]) => webhook.events.has(type);
    this.#comings = new MembershipEvents({ presence, outgoing, log, isWanted }, (dropped) => {
      if (dropped > 0) outgoing.save({ ...this.#state, dropped: this.#state.dropped + dropped });
      stirred();
    });
    // Both are needed for all else, so that storage that cannot be read is noticed here.
    void outgoing.members;
    void this.#state;
  }

  get #state(): DeliveryState {
    return this.#parts.outgoing.state(this.#parts.log);
  }

  /** A member may have come or gone. */
  onMemberChange(member: string): void {
    this.#comings.moved(member);
  }

  /** After a wake: who came or went while nobody looked is told, too; who went has the usual grace to come back. */
  onWake(): void {
    const { graceMs, outgoing, presence } = this.#parts;
    for (const member of presence.members()) if (!outgoing.members.has(member)) this.onMemberChange(member);
    const gone = [...outgoing.members.keys()].filter((member) => presence.entry(member) === undefined);
    if (gone.length === 0) return;
    setTimeout(() => {
      for (const member of gone) this.onMemberChange(member);
    }, graceMs);
  }

  /** The log was erased, which went up to `last`: messages are counted anew, and those that were not told are dropped. */
  onErase(last: number): void {
    const { log, outgoing } = this.#parts;
    this.#comings.now();
    const state = this.#state;
    const untold = this.#has("message.published") ? Math.max(0, last - state.seq) : 0;
    outgoing.restart({ ...state, epoch: log.epoch, dropped: state.dropped + untold });
  }

  /**
   * The seq after which messages must stay in the log until they are told. Undefined where none must: nobody wants messages, or
   * the last delivery failed.
   */
  get deliveredSeq(): number | undefined {
    const { failures, seq } = this.#state;
    return this.#has("message.published") && failures === 0 ? seq : undefined;
  }

  /** Whether nothing would be lost with what is stored: all was told, and nobody is known to be here. */
  storageNeededUntil(): number {
    return this.#isIdle ? 0 : Number.POSITIVE_INFINITY;
  }

  get #isIdle(): boolean {
    const { members } = this.#parts.outgoing;
    return this.nextRunAt() === undefined && members.size === 0 && this.#state.dropped === 0;
  }

  /** The storage was deleted. */
  onStorageDeleted(): void {
    this.#parts.outgoing.onStorageDeleted();
  }

  nextRunAt(): number | undefined {
    // Should the object be lost amid a delivery, it is tried again by then.
    if (this.#isDelivering) return this.#lostAt;
    const state = this.#state;
    const isWaiting =
      this.#parts.outgoing.isWaiting || (this.#has("message.published") && this.#parts.log.last > state.seq);
    return isWaiting ? state.next : undefined;
  }

  /** Begins what is due, and waits for none of it: the other chores of the alarm are to run on time. */
  run(now: number): void {
    const due = this.nextRunAt();
    if (this.#isDelivering || due === undefined || due > now) return;
    this.#isDelivering = true;
    this.#lostAt = now + ROUND_MS + DELIVERY_TIMEOUT_MS;
    this.#parts.keep(this.#round(now + ROUND_MS));
  }

  #has(type: RoomEvent["type"]): boolean {
    return this.#parts.webhook.events.has(type);
  }

  /** Deliveries, as long as they are taken and do not hold all that waits: of what comes then, more is told at a time. */
  async #round(end: number): Promise<void> {
    try {
      for (let sent = 0; sent < ROUND_BATCHES && Date.now() < end; sent++) if (!(await this.#one())) break;
    } catch (error) {
      console.error("A delivery to the webhook could not be made:", error);
      this.#putOff(0);
    } finally {
      this.#isDelivering = false;
      this.#parts.ended();
    }
  }

  /** Whatever becomes of it, the state says what comes next. @returns whether that may follow at once */
  async #one(): Promise<boolean> {
    const { log, outgoing, room, webhook } = this.#parts;
    const { epoch } = log;
    const delivery = this.#next();
    const { id, tooBig, batch, seq, dropped } = delivery;
    if (batch.parts === 0) {
      outgoing.save({ ...this.#state, seq, batch: null });
      return false;
    }
    const bounds = { id, row: batch.row, seq, events: batch.events.length, dropped, tooBig };
    outgoing.save({ ...this.#state, batch: bounds });
    const head = { room: room() ?? "", epoch, dropped };
    const answer = await deliver(webhook, id, bodyOf(head, batch.events));
    return this.#settle(delivery, answer, log.epoch !== epoch);
  }

  /** @param isErased whether the log has begun anew meanwhile: then the messages of this batch are counted as dropped */
  #settle(delivery: Delivery, { is, wait }: Answer, isErased: boolean): boolean {
    const { outgoing } = this.#parts;
    const { batch, seq, dropped } = delivery;
    const tooBig = delivery.tooBig + (is === "too_big" ? 1 : 0);
    const state = this.#state;
    const done = { failures: 0, next: 0, batch: null };
    if (is === "taken") {
      this.#bytes = Math.min(BATCH.bytes, this.#bytes + GROWTH_BYTES);
      const told = isErased ? dropped + batch.messages : dropped;
      const at = isErased ? state.seq : seq;
      outgoing.settle(batch.row, { ...state, ...done, seq: at, dropped: state.dropped - told });
    } else if (is === "too_big" && batch.parts > 1) {
      this.#bytes = Math.floor(batch.bytes / 2);
      outgoing.save({ ...state, batch: null });
    } else if (tooBig >= TOO_BIG_TRIES && !isErased) {
      const lost = state.dropped + batch.events.length;
      outgoing.settle(batch.row, { ...state, ...done, seq, dropped: lost });
    } else {
      if (state.batch !== null) outgoing.save({ ...state, batch: { ...state.batch, tooBig } });
      this.#putOff(wait);
      return false;
    }
    return is === "too_big" || !batch.isAll;
  }

  /** The next attempt comes later than the one before, and not before the receiver asked for it. */
  #putOff(wait: number): void {
    const state = this.#state;
    const usual = Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** state.failures) * (1 + Math.random() / 4);
    const next = Date.now() + Math.max(Math.min(RETRY_MS.last, wait), usual);
    this.#parts.outgoing.save({ ...state, failures: state.failures + 1, next });
  }

  /** What is told next: the batch that was not taken, if all of it is there still, or a new one. */
  #next(): Delivery {
    this.#comings.now();
    this.#passOver();
    const { batch: kept, seq, dropped } = this.#state;
    const upTo = (of: Batch) => (this.#has("message.published") ? (of.seq ?? seq) : this.#parts.log.last);
    const again = kept === null ? undefined : batchOf(this.#waiting(seq, kept), BATCH);
    if (kept !== null && again?.events.length === kept.events)
      return { ...kept, batch: again, seq: upTo(again) };
    const batch = batchOf(this.#waiting(seq), { ...BATCH, bytes: this.#bytes });
    return { id: `msg_${crypto.randomUUID()}`, tooBig: 0, batch, seq: upTo(batch), dropped };
  }

  /** Messages that are gone from the log before they were told are dropped. */
  #passOver(): void {
    const { log, outgoing } = this.#parts;
    const state = this.#state;
    const missing = this.#has("message.published") ? log.floor - state.seq : 0;
    if (missing > 0) outgoing.save({ ...state, seq: log.floor, dropped: state.dropped + missing });
  }

  /** What waits, or of that what an earlier batch held. */
  #waiting(from: number, upTo?: { row: number; seq: number }): Backlog {
    const { log, outgoing } = this.#parts;
    const { epoch } = log;
    const { messages, more } = this.#has("message.published")
      ? log.pageAfter(from, BATCH.events, BATCH.bytes)
      : { messages: [], more: false };
    const rows = outgoing.rows(BATCH.rows, { upTo: upTo?.row });
    const all = Number.MAX_SAFE_INTEGER;
    if (upTo !== undefined) {
      const earlier = messages.filter(({ seq }) => seq <= upTo.seq);
      return { epoch, messages: earlier, messagesEnd: all, rows, rowsEnd: all, isAll: false };
    }
    const moreRows = rows.length === BATCH.rows;
    const messagesEnd = more ? (messages.at(-1)?.seq ?? from) : all;
    const rowsEnd = moreRows ? (rows.at(-1)?.seq ?? 0) : all;
    return { epoch, messages, messagesEnd, rows, rowsEnd, isAll: !more && !moreRows };
  }
}

/** The webhook module; undefined where the deployment has no webhook, or where the queue of this room cannot be read. */
export function createWebhooks({
  ctx,
  settings: { webhook, leaveGraceMs: graceMs },
  log,
  presence,
  alarm,
}: {
  ctx: DurableObjectState;
  settings: Settings;
  log: RoomLog;
  presence: Presence;
  alarm: AlarmScheduler;
}): Webhooks | undefined {
  if (webhook === undefined) return undefined;
  try {
    return new Webhooks({
      webhook,
      room: () => ctx.id.name,
      log,
      presence,
      outgoing: new WebhookQueue(ctx.storage),
      graceMs,
      keep: (work) => ctx.waitUntil(work),
      stirred: () => alarm.scheduleEarlier(),
      ended: () => alarm.reschedule(),
    });
  } catch (error) {
    console.error("The webhook queue of a room cannot be read, so its webhook receives nothing:", error);
    return undefined;
  }
}
