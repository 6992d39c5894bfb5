import type { MemberRecord, Records, SentOperation } from "./records.ts";

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
  /** Messages that `onPublish` counted, that `onMessage` handled, and that it published. */
  counted: number;
  handled: number;
  answers: number;
  /** Acknowledged operations that the checker compared with the log, by kind; those that were refused; and appends that were joined. */
  edits: number;
  deletes: number;
  appends: number;
  reacts: number;
  unreacts: number;
  operationsRefused: number;
  overHttp: number;
  joined: number;
  /** Pages of history that members read. */
  pages: number;
  /** Forms of messages that were compared with the history, and deleted messages whose content was searched for. */
  folded: number;
  deleted: number;
};

function operationCounts({ members, logs }: Records) {
  const sent = members.flatMap(({ operations }) => operations);
  const isSettled = (kind: string) => (each: SentOperation) =>
    each.outcomes.some((outcome) => outcome.kind === kind);
  const done = sent.filter(isSettled("acknowledged"));
  const of = (op: SentOperation["op"]) => done.filter((each) => each.op === op).length;
  return {
    edits: of("edit"),
    deletes: of("delete"),
    appends: of("append"),
    reacts: of("react"),
    unreacts: of("unreact"),
    operationsRefused: sent.filter(isSettled("refused")).length,
    overHttp: sum(sent, ({ via }) => (via === "socket" ? 0 : 1)),
    joined: sum(logs, ({ joined }) => sum(joined, ([first, last]) => last - first + 1)),
    pages: sum(members, ({ events }) => events.filter(({ kind }) => kind === "page").length),
    folded: sum(
      members,
      ({ events }) => new Set(events.flatMap((each) => (each.kind === "message" ? [each.seq] : []))).size,
    ),
    deleted: sum(logs, ({ history }) => history.filter((each) => each.deleted).length),
  };
}

export function summarize(faults: FaultCounts, records: Records): Summary {
  const { members, plain, logs, hooks } = records;
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
    counted: sum(hooks, ({ published }) => sum(published, (each) => each.count)),
    handled: sum(hooks, ({ handled }) => handled.length),
    answers: sum(hooks, ({ answers }) => answers.length),
    ...operationCounts(records),
  };
}

function count({ events }: MemberRecord, kind: "welcome" | "gap" | "message"): number {
  return events.filter((event) => event.kind === kind).length;
}

function sum<T>(all: readonly T[], of: (each: T) => number): number {
  return all.reduce((total, each) => total + of(each), 0);
}
