import { LOG_LEVELS, type LogLevel } from "../settings/log.ts";
import { isHeard, publishEvent } from "./channels.ts";
import { type EventName, type EventOf, type FaultCode, levelOf } from "./events.ts";
import { LineBudget, type LineLimits } from "./line-budget.ts";
import { writeLine } from "./log-line.ts";

/**
 * Lines in a minute, by event, code and room: those of a room, and those of an isolate, for requests about any room. Errors have the
 * same again for themselves, so that nothing that clients do can hide them.
 */
const ROOM_LINES: LineLimits = { kind: 5, all: 20 };
const ISOLATE_LINES: LineLimits = { kind: 5, all: 1000 };

/** An event without the room, which its reporter knows. */
type Fields<Name extends EventName> = Omit<EventOf<Name>, "room"> & { room?: string | undefined };

/** The numbers of events. */
type Counts = Partial<Record<EventName | "failed_webhook", number>>;

/** Reports events: to subscribers of its channel, to the log within a bound, and to the counters for metrics. */
export class Telemetry {
  level: LogLevel;
  readonly #room: (() => string) | undefined;
  readonly #errorLines: LineBudget;
  readonly #lines: LineBudget;
  #counts: Counts = {};
  #listener: (() => void) | undefined;

  /** @param room gives the room of all events; absent where each event names its own */
  constructor(level: LogLevel, room?: () => string) {
    this.level = level;
    this.#room = room;
    const limits = room === undefined ? ISOLATE_LINES : ROOM_LINES;
    this.#errorLines = new LineBudget(limits);
    this.#lines = new LineBudget(limits);
  }

  /** Reports an event. The path of each message calls it once for each flush, so it does little where nobody listens. */
  emit<Name extends EventName>(name: Name, fields: Fields<Name>): void {
    const code = "code" in fields ? String(fields.code) : undefined;
    const counter = name === "webhook" && code !== "accepted" ? "failed_webhook" : name;
    this.#counts[counter] = (this.#counts[counter] ?? 0) + 1;
    this.#listener?.();
    if (isHeard(name)) publishEvent(name, this.#eventOf(name, fields));
    const level = levelOf(name, code);
    if (level === undefined || LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(this.level)) return;
    const lines = level === "error" ? this.#errorLines : this.#lines;
    const dropped = lines.take(`${name} ${code ?? ""} ${fields.room ?? ""}`, Date.now());
    if (dropped === undefined) return;
    writeLine(level, name, { ...(this.#eventOf(name, fields) as object), ...(dropped > 0 && { dropped }) });
  }

  /** Reports a fault. @param step what failed, as the beginning of a sentence */
  fault(code: FaultCode, step: string, error: unknown, room?: string): void {
    this.emit("error", { code, step, error, ...(room !== undefined && { room }) });
  }

  /** Calls a function at each event, for metrics. */
  onEvent(listener: () => void): void {
    this.#listener = listener;
  }

  /** The number of events since the last call, by name. */
  takeCounts(): Counts {
    const counts = this.#counts;
    this.#counts = {};
    return counts;
  }

  #eventOf<Name extends EventName>(_name: Name, fields: Fields<Name>): EventOf<Name> {
    return (this.#room === undefined ? fields : { room: this.#room(), ...fields }) as EventOf<Name>;
  }
}
