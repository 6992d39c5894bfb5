import type { MemberRecord, Records } from "./records.ts";

/** The faults of a run. */
export type FaultCounts = {
  cuts: number;
  stalls: number;
  halfOpens: number;
  delays: number;
  reloads: number;
  onlines: number;
  kills: number;
  evictions: number;
  /** Evictions of rooms that did not become idle in time. */
  notIdle: number;
  /** `error` events of members. */
  errors: number;
};

export type Summary = FaultCounts & {
  clients: number;
  publishes: number;
  acknowledged: number;
  refused: number;
  received: number;
  logged: number;
  reconnects: number;
  resumed: number;
  /** Refused cursors. */
  unresumed: number;
};

export function summarize(faults: FaultCounts, { members, plain, logs }: Records): Summary {
  const sent = members.flatMap((member) => member.sent);
  const welcomes = sum(members, (member) => count(member, "welcome"));
  const connections = plain.flatMap((client) => client.connections);
  return {
    clients: members.length + plain.length,
    publishes: sent.length + sum(plain, (client) => client.sent.length),
    acknowledged: sent.filter(({ outcome }) => outcome.kind === "acknowledged").length,
    refused: sent.filter(({ outcome }) => outcome.kind === "refused").length,
    received:
      sum(members, (member) => count(member, "message")) + sum(connections, ({ data }) => data.length),
    logged: sum(logs, ({ messages }) => messages.length),
    ...faults,
    reconnects: welcomes + connections.length - members.length - plain.length,
    resumed: sum(
      members,
      ({ events }) => events.filter((event) => event.kind === "welcome" && event.resumed).length,
    ),
    unresumed: sum(members, (member) => count(member, "gap")),
  };
}

function count({ events }: MemberRecord, kind: "welcome" | "gap" | "message"): number {
  return events.filter((event) => event.kind === kind).length;
}

function sum<T>(all: readonly T[], of: (each: T) => number): number {
  return all.reduce((total, each) => total + of(each), 0);
}
