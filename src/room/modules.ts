import type { DormouseError } from "../protocol/codes.ts";
import { UP_TYPES, type Up, type UpType } from "../protocol/up.ts";
import type { Admission } from "../rpc/admission.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { StartPosition } from "./delivery/start-position.ts";
import { isolate } from "./isolate-errors.ts";
import type { LeaveReason } from "./sessions/close.ts";
import type { Session } from "./sessions/session.ts";

/** Handles one type of event that clients send. `now`: milliseconds. */
export type EventHandler<Type extends UpType> = (
  session: Session,
  event: Extract<Up, { type: Type }>,
  now: number,
) => void;

type AnyHandler = (session: Session, event: Up, now: number) => void;

/**
 * One concern of a room. A room is a list of modules, and for each thing that happens it calls them in the order of that list. All
 * methods are synchronous, because the platform keeps the order of events only up to the first `await`. Times are in milliseconds.
 */
export interface RoomModule {
  /** The name in logs. */
  readonly name: string;
  /** The types of client events that this module handles; each type belongs to one module. */
  readonly handlers?: { readonly [Type in UpType]?: EventHandler<Type> };
  /** Why a client may not join; undefined where nothing speaks against it. The first refusal decides. */
  checkJoin?(admission: Admission, now: number): DormouseError | undefined;
  /** A session opened. It has not received its welcome, so nothing may be sent to it yet. */
  onJoin?(session: Session, now: number): void;
  /** A session received its welcome. */
  onLive?(session: Session, start: StartPosition): void;
  /** A session has a fresh token. */
  onRenew?(session: Session): void;
  /** A session ended. */
  onLeave?(session: Session, reason: LeaveReason): void;
  /** A member may have joined or left for good. */
  onMemberChange?(member: string): void;
  /** Messages were stored and sent. */
  onAppend?(): void;
  /** The content of these messages, by seq, was removed from the log, and must leave the memory, too. */
  onRedact?(deleted: readonly number[]): void;
  /** The log, whose last message was `last`, was erased. */
  onErase?(last: number): void;
  /** An import replaced the log, which was empty. Its messages are not new: no hook and no webhook receives them. */
  onImport?(): void;
  /** The object woke: from hibernation, or for the first time. */
  onWake?(): void;
  /** When `run` is due; undefined where nothing is. It is called often, so it must be cheap. */
  nextRunAt?(): number | undefined;
  /** Does what is due by now, called by the room's alarm. */
  run?(now: number): void;
  /** Until when the object's storage is needed: 0 where it is not, infinite where no end is known. */
  storageNeededUntil?(): number;
  /** All storage of the object was deleted. */
  onStorageDeleted?(): void;
}

/**
 * The modules of a room in their order, and one loop for each thing that happens. An error in one module stops the others only where a
 * client learns of it: when it joins, and when it sends an event.
 */
export class RoomModules implements Iterable<RoomModule> {
  #modules: readonly RoomModule[] = [];
  readonly #handlers = new Map<UpType, AnyHandler>();
  readonly #telemetry: Telemetry;

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry;
  }

  /** Sets the list. It is separate from the constructor, because modules need this object to report what happens. */
  use(modules: readonly RoomModule[]): void {
    this.#modules = modules;
    for (const { handlers } of modules) {
      for (const type of UP_TYPES) {
        const handler = handlers?.[type] as AnyHandler | undefined;
        if (handler !== undefined) this.#handlers.set(type, handler);
      }
    }
  }

  [Symbol.iterator](): Iterator<RoomModule> {
    return this.#modules[Symbol.iterator]();
  }

  /** Hands an event to the module for its type. */
  handle(session: Session, event: Up, now: number): void {
    this.#handlers.get(event.type)?.(session, event, now);
  }

  checkJoin(admission: Admission, now: number): DormouseError | undefined {
    for (const module of this.#modules) {
      const refusal = module.checkJoin?.(admission, now);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  onJoin(session: Session, now: number): void {
    for (const module of this.#modules) module.onJoin?.(session, now);
  }

  onLive(session: Session, start: StartPosition): void {
    for (const module of this.#modules) module.onLive?.(session, start);
  }

  onRenew(session: Session): void {
    for (const module of this.#modules) module.onRenew?.(session);
  }

  onLeave(session: Session, reason: LeaveReason): void {
    this.#each("onLeave", (module) => module.onLeave?.(session, reason));
  }

  onMemberChange(member: string): void {
    this.#each("onMemberChange", (module) => module.onMemberChange?.(member));
  }

  onAppend(): void {
    this.#each("onAppend", (module) => module.onAppend?.());
  }

  onRedact(deleted: readonly number[]): void {
    this.#each("onRedact", (module) => module.onRedact?.(deleted));
  }

  onErase(last: number): void {
    this.#each("onErase", (module) => module.onErase?.(last));
  }

  onImport(): void {
    this.#each("onImport", (module) => module.onImport?.());
  }

  onWake(): void {
    this.#each("onWake", (module) => module.onWake?.());
  }

  onStorageDeleted(): void {
    this.#each("onStorageDeleted", (module) => module.onStorageDeleted?.());
  }

  storageNeededUntil(): number {
    return Math.max(0, ...this.#modules.map((module) => module.storageNeededUntil?.() ?? 0));
  }

  #each(event: string, call: (module: RoomModule) => void): void {
    for (const module of this.#modules) {
      const step = `${event} of the module ${module.name}`;
      isolate(this.#telemetry, "module_failed", step, () => call(module));
    }
  }
}
