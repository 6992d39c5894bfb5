import type { MemberRecord, Records } from "./records.ts";

/** What was done to the service and its clients. */
export type Deeds = {
  cuts: number;
  stalls: number;
  halfOpens: number;
  delays: number;
  reloads: number;
  onlines: number;
  kills: number;
  evictions: number;
  /** Evictions of objects that did not come to rest in time. */
  restless: number;
  /** Errors that members were told of, and no call of theirs waited for. */
  errors: number;
};

export type Tally = Deeds & {
  clients: number;
  publishes: number;
  acknowledged: number;
  refused: number;
  received: number;
  logged: number;
  reconnects: number;
  resumed: number;
  /** Cursors that were not honoured. */
  unresumed: number;
};

export function tallyOf(deeds: Deeds, { members, plain, logs }: Records): Tally {
  const sent = members.flatMap((member) => member.sent);
  const welcomes = sum(members, (member) => count(member, "welcome"));
  const stretches = plain.flatMap((client) => client.stretches);
  return {
    clients: members.length + plain.length,
    publishes: sent.length + sum(plain, (client) => client.sent.length),
    acknowledged: sent.filter(({ outcome }) => outcome.kind === "acknowledged").length,
    refused: sent.filter(({ outcome }) => outcome.kind === "refused").length,
    received: sum(members, (member) => count(member, "message")) + sum(stretches, ({ data }) => data.length),
    logged: sum(logs, ({ messages }) => messages.length),
    ...deeds,
    reconnects: welcomes + stretches.length - members.length - plain.length,
    resumed: sum(
      members,
      ({ entries }) => entries.filter((entry) => entry.kind === "welcome" && entry.resumed).length,
    ),
    unresumed: sum(members, (member) => count(member, "gap")),
  };
}

function count({ entries }: MemberRecord, kind: "welcome" | "gap" | "message"): number {
  return entries.filter((entry) => entry.kind === kind).length;
}

function sum<T>(all: readonly T[], of: (each: T) => number): number {
  return all.reduce((total, each) => total + of(each), 0);
}
