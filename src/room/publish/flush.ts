import { DormouseError } from "../../protocol/codes.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { AlarmScheduler } from "../alarm/alarm-scheduler.ts";
import type { Broadcaster } from "../delivery/broadcaster.ts";
import type { HookRunner } from "../hooks/hook-runner.ts";
import type { PublishHook } from "../hooks/publish-hook.ts";
import type { RoomLog } from "../log/log.ts";
import { plainFrame } from "../log/segment.ts";
import type { RoomModules } from "../modules.ts";
import type { Form } from "../operations/form.ts";
import type { OperationPlan } from "../operations/operation-plan.ts";
import type { Operations } from "../operations/operations.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import { reportFlush } from "../telemetry/report-flush.ts";
import { Throttle } from "../throttle.ts";
import { entryOf, keepTogether, type NumberedSegment, numberMessages } from "./number-messages.ts";
import { type PendingMessage, PendingOperation, PendingText } from "./pending-message.ts";

/**
 * The flush window grows by this much for each session. That is twice what a send costs (45 to 57 µs, half of it after the turn), so
 * sending takes no more than half of the object's time.
 */
const WINDOW_PER_SESSION_MS = 0.09;
const WINDOW_MS = { min: 2, max: 100 } as const;

/** The bound of all pending messages: UTF-16 code units and bytes, with an overhead for each message. */
const MAX_PENDING_SIZE = 16 * 1024 * 1024;
const MESSAGE_OVERHEAD = 256;

/** When a publisher may retry after the bound was reached: milliseconds. */
const RETRY_MS = 1000;

/** The flush window of a room: milliseconds. */
export function flushWindowMs({ size }: ConnectionManager): number {
  return Math.min(WINDOW_MS.max, Math.max(WINDOW_MS.min, size * WINDOW_PER_SESSION_MS));
}

/**
 * Numbers pending messages, stores them, and then sends them: at most once in a window, and not before the flush before is on disk. The
 * platform's output gate holds the frames of a turn until its writes are on disk, so no client sees a message that a crash could lose.
 */
export class Flush {
  readonly #telemetry: Telemetry;
  readonly #runner: HookRunner;
  readonly #publishHook: PublishHook;
  readonly #operations: Operations;
  readonly #log: RoomLog;
  readonly #broadcaster: Broadcaster;
  readonly #modules: RoomModules;
  readonly #alarm: AlarmScheduler;
  readonly #throttle: Throttle;
  /** By id, in the order of arrival. */
  #pending = new Map<string, PendingMessage>();
  #pendingSize = 0;
  /** By id: the messages that this turn stores. */
  #storing = NONE;
  /** Whether the last flush is on its way to the disk. */
  #isWriting = false;

  constructor(room: {
    telemetry: Telemetry;
    runner: HookRunner;
    publishHook: PublishHook;
    operations: Operations;
    log: RoomLog;
    connections: ConnectionManager;
    broadcaster: Broadcaster;
    modules: RoomModules;
    alarm: AlarmScheduler;
  }) {
    this.#telemetry = room.telemetry;
    this.#runner = room.runner;
    this.#publishHook = room.publishHook;
    this.#operations = room.operations;
    this.#log = room.log;
    this.#broadcaster = room.broadcaster;
    this.#modules = room.modules;
    this.#alarm = room.alarm;
    this.#throttle = new Throttle(
      () => this.#flush(),
      () => flushWindowMs(room.connections),
    );
  }

  /** Accepts messages for one flush. A message whose id is stored or pending already is not accepted: its publisher receives that seq. */
  add(...messages: readonly PendingMessage[]): void {
    const fresh = messages.filter((message) => !this.#isPending(message) && !this.#isStored(message));
    if (fresh.length === 0) return;
    const size = fresh.reduce((sum, message) => sum + sizeOf(message), 0);
    if (this.#pendingSize + size > MAX_PENDING_SIZE) {
      const why = "The room has more to store than it takes at a time; send it again.";
      for (const { by, id } of fresh) by.onRefused(id, new DormouseError("rate_limited", why, RETRY_MS));
      return;
    }
    if (fresh.length > 1) keepTogether(fresh);
    for (const message of fresh) this.#pending.set(message.id, message);
    this.#pendingSize += size;
    // In the transaction of a hook, a flush would be rolled back with it, although its messages were sent.
    if (this.#runner.isInHook) this.#runner.defer(() => this.#requestFlush());
    else this.#requestFlush();
  }

  /** Whether a message with this id waits to be stored. */
  isPending(id: string): boolean {
    return this.#pending.has(id);
  }

  /** Stores and sends all pending messages in this turn. Not to be called within a synchronous hook. */
  flushNow(): void {
    this.#throttle.cancel();
    if (this.#pending.size > 0) this.#flush();
  }

  #requestFlush(): void {
    if (this.#pending.size > 0 && !this.#isWriting) this.#throttle.request();
  }

  #isPending({ id, by }: PendingMessage): boolean {
    const pending = this.#pending.get(id) ?? this.#storing.get(id);
    if (pending === undefined) return false;
    pending.again ??= [];
    pending.again.push(by);
    return true;
  }

  #isStored({ id, by }: PendingMessage): boolean {
    if (!by.choosesIds) return false;
    try {
      const seq = this.#log.seqOf(id);
      if (seq !== undefined) by.onRepeated(id, seq);
      return seq !== undefined;
    } catch (error) {
      this.#telemetry.fault("storage_failed", "The ids of a log could not be read", error);
      by.onRefused(id, notStored());
      return true;
    }
  }

  #flush(): void {
    const pending = [...this.#pending.values()];
    this.#storing = this.#pending;
    this.#pending = new Map();
    this.#pendingSize = 0;
    const segments = this.#store(pending);
    this.#storing = NONE;
    if (segments.length > 0) this.#waitForDisk();
    for (const segment of segments) this.#send(segment);
    reportFlush(this.#telemetry, segments);
    this.#modules.onAppend();
    this.#alarm.scheduleEarlier();
  }

  /** Messages that arrive during a write wait for its end and share the next flush. A slow disk therefore makes fewer rows. */
  #waitForDisk(): void {
    this.#isWriting = true;
    const onSynced = () => {
      this.#isWriting = false;
      this.#requestFlush();
    };
    // The platform restarts the object where a write fails.
    void this.#log.synced().then(onSynced, onSynced);
  }

  #store(pending: readonly PendingMessage[]): NumberedSegment[] {
    try {
      const hasOperations = pending.some(needsPlan);
      if (!hasOperations && !this.#publishHook.isNeeded) return this.#append(pending);
      const at = this.#log.timestamp();
      return this.#storeChecked(pending, at, hasOperations ? this.#operations.plan(at) : undefined);
    } catch (error) {
      // No part of it is in the log, so each publisher may retry with the same id.
      this.#telemetry.fault("storage_failed", "A flush", error);
      for (const message of pending) refuse(message, notStored());
      return [];
    }
  }

  #append(pending: readonly PendingMessage[]): NumberedSegment[] {
    const segments = numberMessages(pending, this.#log.last + 1, this.#log.timestamp());
    this.#log.append(segments.map(entryOf));
    return segments;
  }

  /** The rows that the hook and the operations write are stored with the messages, or not at all. */
  #storeChecked(
    pending: readonly PendingMessage[],
    at: number,
    plan: OperationPlan | undefined,
  ): NumberedSegment[] {
    const refused: Refused[] = [];
    const { segments, commit } = this.#runner.transaction(() => {
      const accepted = this.#accept(pending, plan, refused);
      const numbered = numberMessages(accepted, this.#log.last + 1, at);
      const { rows, commit } = this.#log.stage(numbered.map(entryOf));
      plan?.write((seq) => rows[numbered.findIndex(({ segment }) => segment.last >= seq)] ?? seq);
      return { segments: numbered, commit };
    });
    commit();
    plan?.commit();
    if (plan !== undefined && plan.deleted.length > 0) this.#modules.onRedact(plan.deleted);
    for (const { message, error } of refused) refuse(message, error);
    return segments;
  }

  /** The messages that the hook accepts, as it leaves them. Messages of a batch are accepted or refused together. */
  #accept(
    pending: readonly PendingMessage[],
    plan: OperationPlan | undefined,
    refused: Refused[],
  ): PendingMessage[] {
    const next = this.#log.last + 1;
    const accepted: PendingMessage[] = [];
    for (let from = 0; from < pending.length; ) {
      const batch = pending[from]?.batch;
      let to = from + 1;
      while (batch !== undefined && pending[to]?.batch === batch) to++;
      const group = pending.slice(from, to);
      from = to;
      const apply = (message: PendingMessage, i: number) =>
        this.#publishHook.apply(
          message,
          (operation) => targetOf(operation, plan),
          (changed) => acceptOperation(changed, plan, next + accepted.length + i),
        );
      try {
        if (group.length === 1) for (const message of group) accepted.push(apply(message, 0));
        else accepted.push(...this.#runner.transaction(() => group.map(apply)));
      } catch (error) {
        if (!(error instanceof DormouseError)) throw error;
        plan?.refuseFrom(next + accepted.length);
        for (const message of group) refused.push({ message, error });
      }
    }
    return accepted;
  }

  #send({ segment, messages }: NumberedSegment): void {
    this.#broadcaster.sendMessages({
      ...segment,
      plain: (withOperations) => messages.flatMap((message) => plainFramesOf(message, withOperations)),
    });
    messages.forEach((message, i) => {
      const { by, id, again } = message;
      const seq = segment.first + i;
      by.onStored(id, seq, message instanceof PendingOperation && message.operation.op === "append");
      for (const publisher of again ?? []) publisher.onRepeated(id, seq);
    });
  }
}

const NONE: ReadonlyMap<string, PendingMessage> = new Map();

function sizeOf(message: PendingMessage): number {
  return (message.bytes === undefined ? message.encoded.length : message.bytes.length) + MESSAGE_OVERHEAD;
}

function plainFramesOf(message: PendingMessage, withOperations: boolean): (string | Uint8Array)[] {
  if (!(message instanceof PendingText)) return [message.bytes];
  const { id, by, data } = message;
  const operation = message instanceof PendingOperation ? message.wireFields : {};
  return plainFrame({ ...operation, id, from: by.member, name: by.name, data }, withOperations);
}

/** An operation that changes nothing, because one before it had the same effect. It is not stored. */
class Unchanged extends DormouseError {
  readonly seq: number;

  constructor(seq: number) {
    super("internal", "The operation has no effect.");
    this.seq = seq;
  }
}

/** Whether a message is an operation, or one that operations are to follow. */
function needsPlan(message: PendingMessage): boolean {
  return message instanceof PendingOperation || (message instanceof PendingText && message.isStream);
}

/** @throws DormouseError where the operation is refused */
function targetOf(message: PendingOperation, plan: OperationPlan | undefined): Form {
  if (plan === undefined) throw new Error("A flush with an operation has a plan.");
  return plan.targetOf(message);
}

/** @throws DormouseError where the operation is refused; Unchanged */
function acceptOperation(message: PendingMessage, plan: OperationPlan | undefined, seq: number): void {
  if (message instanceof PendingText && message.isStream) plan?.openStream(message, seq);
  if (!(message instanceof PendingOperation)) return;
  const before = plan?.accept(message, seq);
  if (before !== undefined) throw new Unchanged(before);
}

type Refused = { message: PendingMessage; error: DormouseError };

function refuse({ by, id, again = [] }: PendingMessage, error: DormouseError): void {
  for (const publisher of [by, ...again]) {
    if (error instanceof Unchanged) publisher.onRepeated(id, error.seq);
    else publisher.onRefused(id, error);
  }
}

function notStored(): DormouseError {
  return new DormouseError("unavailable", "The message could not be stored; send it again.");
}
