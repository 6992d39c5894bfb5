import type { ConnectionState } from "../../client/core.ts";

/** The limit until the service announces its own. */
const DEFAULT_MESSAGE_BYTES = 262_144;

/** Whether this user may do something. Assumes so until the service has said what this user may do. */
export function isAllowed(state: ConnectionState, capability: "publish" | "signal"): boolean {
  return state.status !== "live" || state.welcome.can.includes(capability);
}

/** Whether this user may edit and delete the messages of others. */
export function isModerator(state: ConnectionState): boolean {
  return state.status === "live" && state.welcome.can.some((one) => one === "moderate" || one === "admin");
}

export function maxMessageBytes(state: ConnectionState): number {
  return state.status === "live" ? state.welcome.limits.messageBytes : DEFAULT_MESSAGE_BYTES;
}
