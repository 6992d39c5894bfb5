import type { WebhookState } from "../protocol/webhook-state.ts";
import type { AlarmScheduler } from "../room/alarm/alarm-scheduler.ts";
import type { RoomLog } from "../room/log/log.ts";
import type { RoomModule } from "../room/modules.ts";
import type { Presence } from "../room/presence/presence.ts";
import type { Settings } from "../settings/settings.ts";
import { receivesMessages, type Webhook } from "../settings/webhook.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { BacklogReader } from "./backlog.ts";
import { DELIVERY_TIMEOUT_MS } from "./deliver.ts";
import { MembershipEvents } from "./membership-events.ts";
import { WebhookQueue } from "./queue.ts";
import { WebhookSender } from "./sender.ts";

/** Deliveries of one run start within this time, in milliseconds. The alarm continues with what is pending then. */
const RUN_MS = 10_000;

type WebhooksOptions = {
  webhook: Webhook;
  /** How long a member who left while the object was out of memory may be away: milliseconds. */
  graceMs: number;
  /** Stays in memory during a run, and has the name of the room. */
  object: Pick<DurableObjectState, "waitUntil"> & { id: Pick<DurableObjectId, "name"> };
  log: RoomLog;
  telemetry: Telemetry;
  queue: WebhookQueue;
  presence: Presence;
  alarm: Pick<AlarmScheduler, "scheduleEarlier" | "reschedule">;
};

/**
 * Delivers the events of the room to a webhook, at least once and in order. Delivery is an alarm task and asynchronous: a slow
 * receiver delays nothing else.
 */
export class Webhooks implements RoomModule {
  readonly name = "webhooks";
  readonly #options: WebhooksOptions;
  readonly #memberships: MembershipEvents;
  readonly #sender: WebhookSender;
  /** When the run under way is over at the latest: milliseconds; undefined if there is none. */
  #runEndsBy: number | undefined;

  /** @throws if what the room stored for the webhook cannot be read */
  constructor(options: WebhooksOptions) {
    this.#options = options;
    const { webhook, queue, log } = options;
    queue.load();
    this.#memberships = new MembershipEvents({ ...options, eventTypes: webhook.events });
    const backlog = new BacklogReader(log, queue, this.#hasMessages);
    this.#sender = new WebhookSender({ ...options, backlog, memberships: this.#memberships });
  }

  /** A member may have joined or left. */
  onMemberChange(member: string): void {
    this.#memberships.onMemberChange(member);
  }

  /** Records who joined and who left while the object was out of memory. A member who left may return within the grace period. */
  onWake(): void {
    const { graceMs, queue, presence } = this.#options;
    for (const member of presence.members()) if (!queue.members.has(member)) this.onMemberChange(member);
    const gone = [...queue.members.keys()].filter((member) => presence.entry(member) === undefined);
    if (gone.length === 0) return;
    setTimeout(() => {
      for (const member of gone) this.onMemberChange(member);
    }, graceMs);
  }

  /**
   * The log was erased: delivery begins anew with its first message. Messages that were not delivered are counted as dropped.
   * @param last the seq of the last message before
   */
  onErase(last: number): void {
    const { log, queue } = this.#options;
    this.#memberships.flush();
    const { seq, dropped } = queue.state;
    const undelivered = this.#hasMessages ? Math.max(0, last - seq) : 0;
    queue.restart({ epoch: log.epoch, dropped: dropped + undelivered });
  }

  /** Delivery goes on after the imported messages. */
  onImport(): void {
    const { log, queue } = this.#options;
    this.#memberships.flush();
    queue.restart({ epoch: log.epoch });
    queue.update({ seq: log.last });
  }

  /**
   * The log holds messages after this seq beyond its retention, within bounds. Undefined if the webhook receives no messages, and from a
   * failed delivery to the next success.
   */
  get deliveredSeq(): number | undefined {
    const { failures, seq } = this.#options.queue.state;
    return this.#hasMessages && failures === 0 ? seq : undefined;
  }

  /** The storage may be deleted once everything was delivered and no member is recorded as present. */
  storageNeededUntil(): number {
    const { members, state } = this.#options.queue;
    const isIdle = this.nextRunAt() === undefined && members.size === 0 && state.dropped === 0;
    return isIdle ? 0 : Number.POSITIVE_INFINITY;
  }

  onStorageDeleted(): void {
    this.#options.queue.onStorageDeleted();
  }

  nextRunAt(): number | undefined {
    // If the object goes out of memory during a run, the alarm starts another one.
    if (this.#runEndsBy !== undefined) return this.#runEndsBy;
    const { queue, log } = this.#options;
    const { seq, next } = queue.state;
    const isPending = queue.hasRows || (this.#hasMessages && log.last > seq);
    return isPending ? next : undefined;
  }

  /** How the deliveries go. It changes nothing. */
  state(now: number): WebhookState {
    const { queue, log } = this.#options;
    const { seq, next, failures, dropped, success, failure } = queue.state;
    const position = Math.max(seq, log.floor);
    const messages = this.#hasMessages ? Math.max(0, log.last - position) : 0;
    const rows = queue.size;
    const isPending = messages > 0 || rows.events > 0;
    const isDelivering = this.#runEndsBy !== undefined;
    const waiting = failures > 0 ? "failing" : "due";
    return {
      set: true,
      state: isDelivering ? "delivering" : isPending ? waiting : "idle",
      lastSuccess: success ?? null,
      lastFailure: failure ?? null,
      failures,
      backlog: {
        messages,
        membershipEvents: rows.events,
        bytes: rows.bytes + (messages > 0 ? log.bytesAfter(position) : 0),
      },
      dropped,
      nextAttemptAt: isPending && !isDelivering ? Math.max(now, next) : null,
    };
  }

  /** Starts a run and does not wait for it: other alarm tasks run on time. */
  run(now: number): void {
    const due = this.nextRunAt();
    if (this.#runEndsBy !== undefined || due === undefined || due > now) return;
    this.#runEndsBy = now + RUN_MS + DELIVERY_TIMEOUT_MS;
    this.#options.object.waitUntil(this.#deliver(now + RUN_MS));
  }

  async #deliver(end: number): Promise<void> {
    try {
      await this.#sender.run(end);
    } finally {
      this.#runEndsBy = undefined;
      this.#options.alarm.reschedule();
    }
  }

  get #hasMessages(): boolean {
    return receivesMessages(this.#options.webhook);
  }
}

/**
 * The module for a room. Undefined if the deployment has no webhook, or if what the room stored for it cannot be read: the room
 * goes on without it.
 */
export function createWebhooks({
  ctx,
  settings: { webhook, leaveGraceMs: graceMs },
  ...room
}: {
  ctx: DurableObjectState;
  settings: Settings;
  log: RoomLog;
  telemetry: Telemetry;
  presence: Presence;
  alarm: AlarmScheduler;
}): Webhooks | undefined {
  if (webhook === undefined) return undefined;
  try {
    const queue = new WebhookQueue(ctx.storage, room.log);
    return new Webhooks({ ...room, object: ctx, webhook, graceMs, queue });
  } catch (error) {
    const step = "What the room stored for the webhook cannot be read, so it sends none. Reading it";
    room.telemetry.fault("webhook_failed", step, error);
    return undefined;
  }
}

/** The state of a room's webhook. @param webhooks the module of the room; undefined where it has none */
export function webhookStateOf(
  { webhook }: Pick<Settings, "webhook">,
  webhooks: Webhooks | undefined,
): WebhookState {
  if (webhooks !== undefined) return webhooks.state(Date.now());
  const isSet = webhook !== undefined;
  return {
    set: isSet,
    state: isSet ? "unreadable" : "off",
    lastSuccess: null,
    lastFailure: null,
    failures: 0,
    backlog: { messages: 0, membershipEvents: 0, bytes: 0 },
    dropped: 0,
    nextAttemptAt: null,
  };
}
