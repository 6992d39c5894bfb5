import { DormouseError } from "../../protocol/codes.ts";
import type { Capability } from "../../protocol/down.ts";
import { checkedJson } from "../../protocol/json.ts";
import { SIGNAL_BYTES } from "../../protocol/limits.ts";
import { displayName } from "../../protocol/names.ts";
import type { Up } from "../../protocol/up.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Presence } from "../presence/presence.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import { type SignalQueue, TOO_MANY_SIGNALS, TOO_MANY_SIGNALS_MS } from "../signals/signal-queue.ts";

/** What a session shows of itself and is not stored: signals, and its part of the list of members. */
export class EphemeralEvents {
  readonly #settings: Settings;
  readonly #connections: ConnectionManager;
  readonly #presence: Presence;
  readonly #signals: SignalQueue;

  constructor(settings: Settings, connections: ConnectionManager, presence: Presence, signals: SignalQueue) {
    this.#settings = settings;
    this.#connections = connections;
    this.#presence = presence;
    this.#signals = signals;
  }

  signal(session: Session, { data, to, key }: Extract<Up, { type: "signal" }>): void {
    if (!this.#may(session, "signal")) return;
    const text = this.#try(session, () => checkedJson(data, "data of a signal", SIGNAL_BYTES));
    if (text === undefined) return;
    if (this.#signals.add({ from: session.member, data, to, key }, text.length)) return;
    this.#connections.sendError(session, "rate_limited", TOO_MANY_SIGNALS, {
      retryAfter: TOO_MANY_SIGNALS_MS,
    });
  }

  /** All of it is taken, or nothing. */
  show(session: Session, { name, state }: Extract<Up, { type: "presence" }>): void {
    if (!this.#may(session, "presence")) return;
    const named = name === undefined ? session.name : this.#nameOf(session, name);
    if (named === undefined) return;
    const { stateBytes } = this.#settings;
    const text =
      state === undefined
        ? undefined
        : this.#try(session, () => checkedJson(state, "state of a session", stateBytes));
    if (state !== undefined && text === undefined) return;
    if (text !== undefined) session.setState(text);
    if (named !== session.name) session.rename(named);
    this.#presence.onChange(session);
  }

  /** The name that a session may have from now on; undefined where it was refused. */
  #nameOf(session: Session, name: string): string | undefined {
    if (name === session.name) return name;
    return this.#try(session, () => {
      if (session.isGuest) return displayName(name, this.#settings.nameChars);
      throw new DormouseError("forbidden", "Your name is the one in your token.");
    });
  }

  /** What comes of it; where it is refused, the session is told, and nothing does. */
  #try(session: Session, check: () => string): string | undefined {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof DormouseError)) throw error;
      this.#connections.sendError(session, error.code, error.message);
      return undefined;
    }
  }

  #may(session: Session, what: Extract<Capability, "signal" | "presence">): boolean {
    if (session.can.has(what)) return true;
    const why = what === "signal" ? "send signals" : "be listed";
    this.#connections.sendError(session, "forbidden", `You may not ${why} in this room.`);
    return false;
  }
}
