import { type CamelCase, camelCase, type Declaration, type ReadSetting, SettingError } from "./setting.ts";

/** Every setting that is a whole number. */
export const INTEGERS = {
  MESSAGE_BYTES: {
    default: 262_144,
    min: 1,
    max: 786_432,
    unit: "bytes",
    description:
      "The largest message: its `data` as JSON, without the quotes around a string, or its raw bytes.",
  },
  PUBLISH_RATE: {
    default: 20,
    min: 0,
    max: 100_000,
    unit: "messages per second",
    description: "How fast a session may publish on average. 0 means no limit.",
  },
  PUBLISH_BURST: {
    default: 100,
    min: 1,
    max: 100_000,
    unit: "messages",
    description: "How many messages a session may publish in one burst.",
  },
  SIGNAL_RATE: {
    default: 50,
    min: 0,
    max: 100_000,
    unit: "signals and presence changes per second",
    description: "How fast a session may send signals and presence changes on average. 0 means no limit.",
  },
  SIGNAL_BURST: {
    default: 100,
    min: 1,
    max: 100_000,
    unit: "signals and presence changes",
    description: "How many signals and presence changes a session may send in one burst.",
  },
  READ_RATE: {
    default: 50,
    min: 0,
    max: 100_000,
    unit: "reads per second",
    description:
      "How fast a member, or all guests of one network address, may read from a room on average. Reads over HTTP and replays on joining count. 0 means no limit.",
  },
  READ_BURST: {
    default: 200,
    min: 1,
    max: 100_000,
    unit: "reads",
    description:
      "How many reads a member, or all guests of one network address, may make from a room in one burst.",
  },
  ROOM_SOCKETS: {
    default: 10_000,
    min: 1,
    max: 32_768,
    unit: "sockets",
    description: "How many sockets one room may have.",
  },
  HISTORY_MESSAGES: {
    default: 10_000,
    min: 1,
    max: 10_000_000,
    unit: "messages",
    description:
      "How many messages a room keeps. The room removes its oldest flushes once it exceeds the limit by a tenth. Messages that are still to be delivered to a webhook may stay longer ([WEBHOOKS.md](WEBHOOKS.md)).",
  },
  HISTORY_BYTES: {
    default: 67_108_864,
    min: 1_048_576,
    max: 8_589_934_592,
    unit: "bytes",
    description:
      "How many bytes of stored frames a room keeps. The room removes its oldest flushes as for `HISTORY_MESSAGES`. No row of the log is larger than the minimum.",
  },
  HISTORY_DAYS: {
    default: 30,
    min: 1,
    max: 36_500,
    unit: "days",
    description: "How long a room keeps a message.",
  },
  DEDUPE_MESSAGES: {
    default: 10_000,
    min: 0,
    max: 100_000,
    unit: "messages",
    description:
      "How many of its newest messages a room compares with the `id` of a new one. A repeated id within this window is not stored again; an older one is. Set it to at least 100, the size of the largest batch, so that every batch can be retried.",
  },
  RESUME_MESSAGES: {
    default: 5000,
    min: 0,
    max: 1_000_000,
    unit: "messages",
    description:
      "How many messages a cursor or `history=N` replays at most. Appends that arrive as one message count as one.",
  },
  ACK_BYTES: {
    default: 1_048_576,
    min: 4096,
    max: 16_777_216,
    unit: "bytes",
    description:
      "How many bytes a client without marks receives before it acknowledges them, in a room with few sockets. A session may have up to four times as many bytes unread (flow control in [PROTOCOL.md](PROTOCOL.md)).",
  },
  HEARTBEAT_SECONDS: {
    default: 30,
    min: 1,
    max: 3600,
    unit: "seconds",
    description: "How often clients send a ping.",
  },
  LEAVE_GRACE_MS: {
    default: 5000,
    min: 0,
    max: 60_000,
    unit: "milliseconds",
    description: "How long a member stays in the member list after its connection was lost without a close.",
  },
  MEMBERS_LISTED: {
    default: 200,
    min: 0,
    max: 1000,
    unit: "members",
    description:
      "How many members a room may have for its member list to be sent. In a larger room, clients receive only the count.",
  },
  STATE_BYTES: {
    default: 2048,
    min: 2,
    max: 4096,
    unit: "bytes",
    description: "The largest public state of a session, as JSON.",
  },
  NAME_CHARS: {
    default: 64,
    min: 1,
    max: 256,
    unit: "characters",
    description: "The longest name of a member, in Unicode code points.",
  },
  FILE_BYTES: {
    default: 104_857_600,
    min: 0,
    max: 10_737_418_240,
    unit: "bytes",
    description:
      "The largest file that a client may upload ([HTTP.md](HTTP.md#files)). 0 means that files cannot be uploaded.",
  },
  FILE_PART_BYTES: {
    default: 8_388_608,
    min: 5_242_880,
    max: 94_371_840,
    unit: "bytes",
    description:
      "The size of the parts in which files are uploaded. The minimum is that of R2; the maximum stays below what the platform takes as one request.",
  },
  ROOM_FILE_BYTES: {
    default: 10_737_418_240,
    min: 1,
    max: 1_099_511_627_776,
    unit: "bytes",
    description: "How many bytes of files a room may have, with those that are being uploaded.",
  },
} as const satisfies Record<string, Declaration & { default: number; min: number; max: number }>;

type IntegerName = keyof typeof INTEGERS;
export type IntegerSettings = { [Name in IntegerName as CamelCase<Name>]: number };

/** @throws SettingError */
export function parseIntegers(read: ReadSetting): IntegerSettings {
  const names = Object.keys(INTEGERS) as IntegerName[];
  return Object.fromEntries(
    names.map((name) => [camelCase(name), parseInteger(read, name)]),
  ) as IntegerSettings;
}

/** @throws SettingError */
export function parseInteger(read: ReadSetting, name: IntegerName): number {
  const { default: fallback, min, max } = INTEGERS[name];
  const { label, value: raw } = read(name);
  if (raw === undefined) return fallback;
  const value = typeof raw === "string" && /^\d+$/.test(raw.trim()) ? Number(raw) : raw;
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new SettingError(
    `${label} is ${JSON.stringify(raw)}. Set it to a whole number from ${min} to ${max}.`,
  );
}
