import type { CloseName } from "../protocol/closes.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import type { LogLevel } from "../settings/log.ts";

/** Faults that an operator has to look into, by what failed. */
export type FaultCode =
  | "alarm_failed"
  | "deployment_failed"
  | "directory_failed"
  | "file_store_failed"
  | "frame_failed"
  | "hook_failed"
  | "internal"
  | "keys_unavailable"
  | "misconfigured"
  | "module_failed"
  | "storage_failed"
  | "webhook_failed";

/**
 * The events of a service, by the name of the `node:diagnostics_channel` that carries each. `room` is absent where a request names
 * no valid one. No event holds content, names or credentials.
 */
export type TelemetryEvents = {
  /** A session received its welcome. */
  "dormouse:join": { room: string; member: string; isGuest: boolean; isPlain: boolean };
  /** A session ended. */
  "dormouse:leave": { room: string; member: string; reason: "left" | "lost" | "closed" };
  /** A flush was stored and sent: so many messages and bytes, up to `seq`. */
  "dormouse:publish": { room: string; messages: number; bytes: number; seq: number };
  /** A request, a join or a frame was refused. */
  "dormouse:refusal": {
    room?: string | undefined;
    member?: string | undefined;
    code: ErrorCode;
    source: "http" | "join" | "frame";
    /** The invalid setting, where the code is `misconfigured`. */
    error?: unknown;
  };
  /** The room closed a session. `status` is the close code. */
  "dormouse:close": { room: string; member: string; code: CloseName; status: number };
  /** A session reads too slowly, and receives nothing until it has caught up. */
  "dormouse:slow_reader": { room: string; member: string };
  /** One attempt to deliver events to the webhook. `status` is absent where the receiver did not answer. */
  "dormouse:webhook": {
    room: string;
    code: "accepted" | "failed" | "too_big";
    status?: number | undefined;
    events: number;
  };
  /** Something failed that should not. `step` says what, as a sentence. */
  "dormouse:error": {
    room?: string | undefined;
    member?: string | undefined;
    code: FaultCode;
    step: string;
    error: unknown;
  };
};

/** The name of an event: that of its channel without the prefix. */
export type EventName = keyof TelemetryEvents extends `dormouse:${infer Name}` ? Name : never;
export type EventOf<Name extends EventName> = TelemetryEvents[`dormouse:${Name}`];

export const EVENT_NAMES = [
  "join",
  "leave",
  "publish",
  "refusal",
  "close",
  "slow_reader",
  "webhook",
  "error",
] as const satisfies readonly EventName[];

/** The level at which an event is logged; undefined where it never is. */
export function levelOf(name: EventName, code: string | undefined): Exclude<LogLevel, "off"> | undefined {
  switch (name) {
    case "error":
      return "error";
    case "webhook":
      return code === "accepted" ? "debug" : "error";
    case "refusal":
      return code === "misconfigured" ? "error" : "info";
    case "close":
    case "slow_reader":
      return "info";
    case "join":
    case "leave":
      return "debug";
    case "publish":
      return undefined;
  }
}
