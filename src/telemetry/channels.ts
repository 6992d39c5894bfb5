import { EVENT_NAMES, type EventName, type EventOf } from "./events.ts";

/** The part of a channel of `node:diagnostics_channel` that a publisher needs. */
type Channel = { readonly hasSubscribers: boolean; publish(message: unknown): void };
type DiagnosticsChannel = { channel(name: string): Channel };

type WithBuiltins = { process?: { getBuiltinModule?(name: string): DiagnosticsChannel | undefined } };

/**
 * The channels by event. There are none in a Worker whose compatibility date is before 2026-08-04 and which has no `nodejs_compat`. An
 * import would keep such a Worker from starting, so the module is asked for at run time.
 */
const CHANNELS: Partial<Record<EventName, Channel>> = openChannels();

function openChannels(): Partial<Record<EventName, Channel>> {
  try {
    const builtin = (globalThis as WithBuiltins).process?.getBuiltinModule?.("node:diagnostics_channel");
    if (builtin === undefined) return {};
    return Object.fromEntries(EVENT_NAMES.map((name) => [name, builtin.channel(`dormouse:${name}`)]));
  } catch {
    return {};
  }
}

/** Whether anyone listens to an event. It costs next to nothing, so that events without a listener do. */
export function isHeard(name: EventName): boolean {
  return CHANNELS[name]?.hasSubscribers === true;
}

/** Hands an event to the subscribers of its channel. A subscriber that throws stops nothing. */
export function publishEvent<Name extends EventName>(name: Name, event: EventOf<Name>): void {
  try {
    CHANNELS[name]?.publish(event);
  } catch (error) {
    console.error(`A subscriber of dormouse:${name} failed:`, error);
  }
}
