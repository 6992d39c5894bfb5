import { DormouseError } from "../../protocol/codes.ts";
import type { Capability } from "../../protocol/down.ts";
import { checkedJson } from "../../protocol/json.ts";
import { SIGNAL_BYTES } from "../../protocol/limits.ts";
import { displayName } from "../../protocol/names.ts";
import type { Up } from "../../protocol/up.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Sender } from "../delivery/sender.ts";
import type { HookSessions } from "../hooks/hook-session.ts";
import type { SignalHook } from "../hooks/signal-hook.ts";
import type { RoomModule } from "../modules.ts";
import type { Presence } from "../presence/presence.ts";
import type { Session } from "../sessions/session.ts";
import { type SignalQueue, TOO_MANY_SIGNALS, TOO_MANY_SIGNALS_RETRY_MS } from "./signal-queue.ts";

type SignalEvent = Extract<Up, { type: "signal" }>;
type PresenceEvent = Extract<Up, { type: "presence" }>;
type Parts = {
  settings: Settings;
  sender: Sender;
  presence: Presence;
  signals: SignalQueue;
  signalHook: SignalHook;
  hookSessions: HookSessions;
};

/** Handles the events that are not stored: signals, and changes of a session's name and public state. */
export class EphemeralEvents implements RoomModule {
  readonly name = "ephemeral events";
  readonly handlers = {
    signal: (session: Session, event: SignalEvent) => this.#onSignal(session, event),
    presence: (session: Session, event: PresenceEvent) => this.#onPresence(session, event),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  #onSignal(session: Session, { data, to, key }: SignalEvent): void {
    const { sender, signals, signalHook, hookSessions } = this.#parts;
    if (!this.#isAllowed(session, "signal", "send signals")) return;
    const json = this.#orSendError(session, () => checkedJson(data, "data of a signal", SIGNAL_BYTES));
    if (json === undefined) return;
    const allowed = this.#orSendError(session, () =>
      signalHook.apply({ from: session.member, data, to, key }, json.length, hookSessions.of(session)),
    );
    if (allowed === undefined || signals.add(allowed.signal, allowed.chars)) return;
    sender.sendError(session, "rate_limited", TOO_MANY_SIGNALS, { retryAfter: TOO_MANY_SIGNALS_RETRY_MS });
  }

  /** Applies the name and the state, or neither. */
  #onPresence(session: Session, { name, state }: PresenceEvent): void {
    const { settings, presence } = this.#parts;
    if (!this.#isAllowed(session, "presence", "be listed")) return;
    const newName = name === undefined ? session.name : this.#checkedName(session, name);
    if (newName === undefined) return;
    const isStateSet = state !== undefined;
    const json = isStateSet
      ? this.#orSendError(session, () => checkedJson(state, "state of a session", settings.stateBytes))
      : undefined;
    if (isStateSet && json === undefined) return;
    if (json !== undefined) session.setState(json);
    if (newName !== session.name) session.rename(newName);
    presence.onChange(session);
  }

  /** The name that a session may have from now on; undefined where it was refused. */
  #checkedName(session: Session, name: string): string | undefined {
    if (name === session.name) return name;
    return this.#orSendError(session, () => {
      if (session.isGuest) return displayName(name, this.#parts.settings.nameChars);
      throw new DormouseError("forbidden", "Your name is the one in your token.");
    });
  }

  /** The result of a check. Where it throws, the session receives the error, and the result is undefined. */
  #orSendError<Result>(session: Session, check: () => Result): Result | undefined {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof DormouseError)) throw error;
      this.#parts.sender.sendError(session, error.code, error.message);
      return undefined;
    }
  }

  #isAllowed(session: Session, capability: Capability, action: string): boolean {
    if (session.can.has(capability)) return true;
    this.#parts.sender.sendError(session, "forbidden", `You may not ${action} in this room.`);
    return false;
  }
}
