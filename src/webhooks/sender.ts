import type { WebhookFailure } from "../protocol/webhook-state.ts";
import type { RoomLog } from "../room/log/log.ts";
import { receivesMessages, type Webhook } from "../settings/webhook.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { BacklogReader } from "./backlog.ts";
import { type Batch, createBatch, encodeBody } from "./batch.ts";
import { AdaptiveBatchLimits, MAX_BATCH } from "./batch-limits.ts";
import { type DeliveryResult, deliver } from "./deliver.ts";
import type { MembershipEvents } from "./membership-events.ts";
import type { WebhookQueue } from "./queue.ts";
import { retryDelay } from "./retry-policy.ts";

/** Requests of one run. On the free plan, a handler may make 50. */
const MAX_REQUESTS = 40;

/** `seq`: the position of the webhook in the log once the batch is delivered; `dropped`: how many dropped events it reports. */
type Delivery = { id: string; tooBig: number; batch: Batch; seq: number; dropped: number };

type Dependencies = {
  webhook: Webhook;
  /** The object, whose name is that of the room. */
  object: { id: Pick<DurableObjectId, "name"> };
  log: RoomLog;
  telemetry: Telemetry;
  queue: WebhookQueue;
  backlog: BacklogReader;
  memberships: Pick<MembershipEvents, "flush">;
};

/** Delivers the backlog, one batch after another. The stored state says where the next batch begins and when it is due. */
export class WebhookSender {
  readonly #deps: Dependencies;
  readonly #hasMessages: boolean;
  readonly #limits = new AdaptiveBatchLimits();

  constructor(deps: Dependencies) {
    this.#deps = deps;
    this.#hasMessages = receivesMessages(deps.webhook);
  }

  /**
   * Delivers batches until one fails, the backlog is empty, or the run is over.
   * @param end of the run: milliseconds
   */
  async run(end: number): Promise<void> {
    try {
      for (let sent = 0; sent < MAX_REQUESTS && Date.now() < end; sent++)
        if (!(await this.#deliverNext())) return;
    } catch (error) {
      this.#deps.telemetry.fault("webhook_failed", "A webhook delivery", error);
      this.#scheduleRetry(0, { at: Date.now(), code: "internal" });
    }
  }

  /** @returns whether another batch may follow at once */
  async #deliverNext(): Promise<boolean> {
    const { log, memberships, object, queue, webhook } = this.#deps;
    const { epoch } = log;
    memberships.flush();
    this.#dropTrimmed();
    const delivery = this.#next();
    const { id, tooBig, batch, seq, dropped } = delivery;
    if (batch.items === 0) {
      queue.update({ seq, batch: null });
      return false;
    }
    // Operations that the webhook does not receive.
    if (batch.events.length === 0) {
      queue.update({ seq, batch: null });
      return !batch.isComplete;
    }
    queue.update({ batch: { id, row: batch.row, seq, events: batch.events.length, dropped, tooBig } });
    const body = encodeBody({ room: object.id.name ?? "", epoch, dropped }, batch.events);
    const result = await deliver(webhook, id, body);
    const { outcome: code, status } = result;
    this.#deps.telemetry.emit("webhook", { code, status, events: batch.events.length });
    return this.#applyResult(delivery, result, log.epoch !== epoch);
  }

  /** Messages that retention has removed before they were delivered are dropped. */
  #dropTrimmed(): void {
    const { log, queue } = this.#deps;
    const { seq, dropped } = queue.state;
    const missing = this.#hasMessages ? log.floor - seq : 0;
    if (missing > 0) queue.update({ seq: log.floor, dropped: dropped + missing });
  }

  /** A retry of the batch that failed, if all of its events still exist; otherwise a new batch. */
  #next(): Delivery {
    const { backlog, queue, webhook } = this.#deps;
    const { events } = webhook;
    const { batch: failed, dropped } = queue.state;
    const same = failed === null ? undefined : createBatch(backlog.readAgain(failed), MAX_BATCH, events);
    if (failed !== null && same?.events.length === failed.events)
      return { ...failed, batch: same, seq: this.#positionAfter(same) };
    const batch = createBatch(backlog.read(), this.#limits.limits, events);
    const id = `msg_${crypto.randomUUID()}`;
    return { id, tooBig: 0, batch, seq: this.#positionAfter(batch), dropped };
  }

  /** Without messages, the position is the end of the log, so that later ones are not counted as missing. */
  #positionAfter(batch: Batch): number {
    return this.#hasMessages ? (batch.seq ?? this.#deps.queue.state.seq) : this.#deps.log.last;
  }

  /**
   * @param isErased whether the log was erased during the attempt: then its messages are already counted as dropped
   * @returns whether another batch may follow at once
   */
  #applyResult(delivery: Delivery, result: DeliveryResult, isErased: boolean): boolean {
    const { batch } = delivery;
    const { outcome, retryAfterMs, status } = result;
    if (outcome === "accepted") {
      this.#limits.onAccepted();
      this.#complete(delivery, status, isErased);
      return !batch.isComplete;
    }
    const tooBig = delivery.tooBig + (outcome === "too_big" ? 1 : 0);
    const step = outcome === "too_big" ? this.#limits.onTooBig(batch, tooBig) : "retry";
    const failure = { at: Date.now(), ...(status === undefined ? { code: result.code } : { status }) };
    if (step === "split") {
      this.#deps.queue.update({ batch: null, failure });
      return true;
    }
    if (step === "drop" && !isErased) {
      this.#drop(delivery, failure);
      return true;
    }
    const { batch: current } = this.#deps.queue.state;
    if (current !== null) this.#deps.queue.update({ batch: { ...current, tooBig } });
    this.#scheduleRetry(retryAfterMs, failure);
    return false;
  }

  #complete({ batch, seq, dropped }: Delivery, status: number, isErased: boolean): void {
    const { queue } = this.#deps;
    const { state } = queue;
    const reported = isErased ? dropped + batch.messages : dropped;
    queue.complete(batch.row, {
      failures: 0,
      next: 0,
      batch: null,
      seq: isErased ? state.seq : seq,
      dropped: state.dropped - reported,
      success: { at: Date.now(), status },
    });
  }

  #drop({ batch, seq }: Delivery, failure: WebhookFailure): void {
    const { queue } = this.#deps;
    const dropped = queue.state.dropped + batch.events.length;
    queue.complete(batch.row, { failures: 0, next: 0, batch: null, seq, dropped, failure });
  }

  #scheduleRetry(retryAfterMs: number, failure: WebhookFailure): void {
    const { queue } = this.#deps;
    const { failures } = queue.state;
    const next = Date.now() + retryDelay(failures, retryAfterMs);
    queue.update({ failures: failures + 1, next, failure });
  }
}
