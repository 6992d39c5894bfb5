import { signatureHeaders } from "../access/signature.ts";
import type { Presence } from "../audience/presence.ts";
import type { Settings, Webhook } from "../config.ts";
import type { RoomLog } from "../log/log.ts";
import { type DeliveryState, Outgoing, type Told } from "../log/outgoing.ts";
import type { HistoryMessage } from "../protocol/down.ts";
import type { RoomEvent, WebhookBody } from "../protocol/webhook.ts";
import type { Chore } from "./agenda.ts";
import { Comings } from "./comings.ts";

/** What one delivery holds at most. A page of messages ends by its size, too. */
const BATCH_ROWS = 50;
const BATCH_MESSAGES = 200;

/** How long a receiver may take: milliseconds. */
const PATIENCE_MS = 10_000;

/** The wait after a failure doubles from the first to the last of these, and up to a quarter of it more is thrown in. */
const RETRY_MS = { first: 5000, last: 3_600_000 } as const;

/** What is told at once; `dropped`: what the state had counted as dropped then. */
type Batch = { bounds: NonNullable<DeliveryState["batch"]>; dropped: number; body: WebhookBody };

type Parts = {
  webhook: Webhook;
  /** The room's name; unknown until somebody has come in. */
  room: () => string | undefined;
  log: RoomLog;
  presence: Presence;
  outgoing: Outgoing;
  /** How long who went while nobody looked may be away: milliseconds. */
  graceMs: number;
};

/**
 * Tells a webhook what happens in the room, at least once: by the room's alarm, with nobody waiting for it. Who came and went
 * waits in a table; messages are read from the log.
 */
export class Webhooks implements Chore {
  readonly #parts: Parts;
  readonly #comings: Comings;
  /** The delivery that is under way, and when it can only have been lost. */
  #delivery: Promise<void> | undefined;
  #lostAt = 0;

  /** @param stirred is called when something has come to wait */
  constructor(parts: Parts, stirred: () => void) {
    this.#parts = parts;
    const { presence, outgoing, log, webhook } = parts;
    const isWanted = (type: RoomEvent["type"]) => webhook.events.has(type);
    this.#comings = new Comings({ presence, outgoing, log, isWanted }, (dropped) => {
      if (dropped > 0) outgoing.save({ ...this.#state, dropped: this.#state.dropped + dropped });
      stirred();
    });
    void this.#state;
  }

  get #state(): DeliveryState {
    return this.#parts.outgoing.state(this.#parts.log.last);
  }

  /** A member may have come or gone. */
  moved(member: string): void {
    this.#comings.moved(member);
  }

  /** After a wake: who came or went while nobody looked is told, too; who went has the usual grace to come back. */
  restore(): void {
    const { graceMs, outgoing, presence } = this.#parts;
    for (const member of presence.members()) if (!outgoing.members.has(member)) this.moved(member);
    const gone = [...outgoing.members.keys()].filter((member) => presence.entry(member) === undefined);
    if (gone.length === 0) return;
    setTimeout(() => {
      for (const member of gone) this.moved(member);
    }, graceMs);
  }

  /** The log was erased, which went up to `last`: messages are counted anew, and those that were not told are dropped. */
  erased(last: number): void {
    this.#comings.now();
    const state = this.#state;
    const untold = this.#has("message.published") ? Math.max(0, last - state.seq) : 0;
    this.#parts.outgoing.restart({ ...state, seq: 0, dropped: state.dropped + untold, batch: null });
  }

  due(): number | undefined {
    // Should the object be lost amid a delivery, it is tried again by then.
    if (this.#delivery !== undefined) return this.#lostAt;
    const state = this.#state;
    const isWaiting =
      this.#parts.outgoing.isWaiting || (this.#has("message.published") && this.#parts.log.last > state.seq);
    return isWaiting ? state.next : undefined;
  }

  run(now: number): void {
    const due = this.due();
    if (this.#delivery !== undefined || due === undefined || due > now) return;
    this.#lostAt = now + 2 * PATIENCE_MS;
    this.#delivery = this.#deliver().finally(() => {
      this.#delivery = undefined;
    });
  }

  get isDelivering(): boolean {
    return this.#delivery !== undefined;
  }

  /** Resolves once nothing is under way. */
  async settled(): Promise<void> {
    await this.#delivery;
  }

  #has(type: RoomEvent["type"]): boolean {
    return this.#parts.webhook.events.has(type);
  }

  /** One batch. Whatever becomes of it, the state says what comes next. */
  async #deliver(): Promise<void> {
    const { outgoing, log } = this.#parts;
    const { epoch } = log;
    const { bounds, body, dropped } = this.#batch();
    if (body.events.length === 0) {
      outgoing.settle(bounds.row, { ...this.#state, seq: bounds.seq, batch: null });
      return;
    }
    outgoing.save({ ...this.#state, batch: bounds });
    const wait = await this.#post(bounds.id, body);
    // An erased log begins again, and what was on its way belongs to the one before.
    if (log.epoch !== epoch) return;
    const state = this.#state;
    if (wait === 0) {
      const rest = { failures: 0, next: 0, dropped: state.dropped - dropped, batch: null };
      outgoing.settle(bounds.row, { ...state, seq: bounds.seq, ...rest });
      return;
    }
    const usual = Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** state.failures);
    const next = Date.now() + Math.max(wait, usual * (1 + Math.random() / 4));
    outgoing.save({ ...state, failures: state.failures + 1, next });
  }

  /** What is told next: the batch that is under way, or a new one. */
  #batch(): Batch {
    const { log, outgoing, room } = this.#parts;
    this.#comings.now();
    const { batch, seq, dropped } = this.#state;
    let rows = outgoing.rows(BATCH_ROWS, { upTo: batch?.row });
    const from = Math.max(seq, log.floor);
    const upTo = this.#has("message.published") ? (batch?.seq ?? log.last) : from;
    let messages = upTo > from ? log.pageAfter(from, Math.min(BATCH_MESSAGES, upTo - from)).messages : [];
    if (batch === null) {
      // Where there is more of one kind than a batch takes, nothing of the other kind goes ahead of it.
      const lastMessage = messages.at(-1)?.seq ?? upTo;
      const lastRow = rows.length === BATCH_ROWS ? rows.at(-1)?.seq : undefined;
      if (lastMessage < upTo) rows = rows.filter((row) => row.seq <= lastMessage);
      if (lastRow !== undefined) messages = messages.filter((message) => message.seq <= lastRow);
    }
    const bounds = {
      id: batch?.id ?? `msg_${crypto.randomUUID()}`,
      row: rows.at(-1)?.id ?? 0,
      seq: messages.at(-1)?.seq ?? (this.#has("message.published") ? from : log.last),
    };
    const published = messages.map(
      (message): Told => ({ seq: message.seq, events: [toldOf(log.epoch, message)] }),
    );
    // Sorting is stable: what came after a message follows it.
    const events = [...published, ...rows].toSorted((a, b) => a.seq - b.seq).flatMap((told) => told.events);
    const body = { room: room() ?? "", epoch: log.epoch, dropped: dropped + from - seq, events };
    return { bounds, dropped, body };
  }

  /** 0 where it was taken; else in how many milliseconds, at the earliest, it may be tried again. */
  async #post(id: string, body: WebhookBody): Promise<number> {
    const { url, secret } = this.#parts.webhook;
    try {
      const text = JSON.stringify(body);
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "Dormouse",
          ...(await signatureHeaders(secret, id, Date.now(), text)),
        },
        body: text,
        // A receiver that has moved is told by its owner, not by whoever answers there now.
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      await response.body?.cancel();
      if (response.ok) return 0;
      console.warn(`The webhook answered ${response.status}.`);
      const seconds = Number(response.headers.get("retry-after"));
      return Math.min(RETRY_MS.last, seconds > 0 ? seconds * 1000 : RETRY_MS.first);
    } catch (error) {
      console.warn("The webhook could not be reached:", error instanceof Error ? error.name : "error");
      return RETRY_MS.first;
    }
  }
}

function toldOf(epoch: string, message: HistoryMessage): RoomEvent {
  return { id: `${epoch}.${message.seq}`, at: message.at, type: "message.published", message };
}

/** For a deployment that has a webhook. */
export function webhooksOf(
  { webhook, leaveGraceMs: graceMs }: Settings,
  { id, storage }: DurableObjectState,
  log: RoomLog,
  presence: Presence,
  stirred: () => void,
): Webhooks | undefined {
  if (webhook === undefined) return undefined;
  return new Webhooks(
    { webhook, room: () => id.name, log, presence, outgoing: new Outgoing(storage), graceMs },
    stirred,
  );
}
