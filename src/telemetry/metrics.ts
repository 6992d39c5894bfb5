import { utf8Length } from "../protocol/text.ts";

/** The part of an Analytics Engine binding that metrics need. */
export type MetricsDataset = {
  writeDataPoint(point: { indexes: string[]; blobs: string[]; doubles: number[] }): void;
};

/** The columns of a data point, in their order. They are a contract: a later version only adds some at the end. */
export const BLOBS = {
  room: "The name of the room.",
  kind: "`minute`: what follows is about one minute of the room.",
} as const;

export const DOUBLES = {
  members: "The members present at the end of the minute.",
  sockets: "The open sockets at the end of the minute.",
  messages: "The messages stored in the minute.",
  bytes: "The bytes of these messages, as stored.",
  rate: "The messages per second, over the minute.",
  joins: "The sessions that began.",
  leaves: "The sessions that ended.",
  refusals: "The joins and frames that the room refused.",
  closes: "The sessions that the room closed.",
  slow_readers: "How often a session fell behind.",
  webhook_failures: "The attempts to deliver to the webhook that failed.",
  errors: "The faults in the room.",
} as const;

export type MinutePoint = { room: string } & Record<keyof typeof DOUBLES, number>;

/** The upper limit of an index: bytes of UTF-8 (Workers Analytics Engine, "Limits"). */
const INDEX_BYTES = 96;

/** Writes one data point. The platform takes it without an answer. */
export function writeMinute(dataset: MetricsDataset, point: MinutePoint): void {
  const names = Object.keys(DOUBLES) as (keyof typeof DOUBLES)[];
  dataset.writeDataPoint({
    indexes: [indexOf(point.room)],
    blobs: [point.room, "minute"],
    doubles: names.map((name) => point[name]),
  });
}

/** The metrics binding of an environment; undefined where it has none. */
export function metricsOf(env: object): MetricsDataset | undefined {
  const dataset = (env as { METRICS?: Partial<MetricsDataset> }).METRICS;
  return typeof dataset?.writeDataPoint === "function" ? (dataset as MetricsDataset) : undefined;
}

/** The sampling key: the room's name, cut to what the platform takes. */
function indexOf(room: string): string {
  let index = room;
  while (utf8Length(index) > INDEX_BYTES) index = [...index].slice(0, -1).join("");
  return index;
}
