import { SettingError, type Vars } from "./read.ts";

type IntegerSetting = { default: number; min: number; max: number; description: string };

/**
 * The settings that are whole numbers. This is their one declaration: the type, the parsing, the check of wrangler.toml and the table in
 * docs/SETTINGS.md derive from it.
 */
export const INTEGER_SETTINGS = {
  MESSAGE_BYTES: {
    default: 262_144,
    min: 1,
    max: 786_432,
    description:
      "Bytes of one message: its data as JSON text (the quotes of a string do not count), or its raw bytes.",
  },
  PUBLISH_RATE: {
    default: 20,
    min: 0,
    max: 100_000,
    description: "Messages a second that a session may publish in the long run; 0: no limit.",
  },
  PUBLISH_BURST: {
    default: 100,
    min: 1,
    max: 100_000,
    description: "Messages that a session may publish at once.",
  },
  SIGNAL_RATE: {
    default: 50,
    min: 0,
    max: 100_000,
    description:
      "Signals and changes of presence a second that a session may send in the long run; 0: no limit.",
  },
  SIGNAL_BURST: {
    default: 100,
    min: 1,
    max: 100_000,
    description: "Signals and changes of presence that a session may send at once.",
  },
  READ_RATE: {
    default: 50,
    min: 0,
    max: 100_000,
    description:
      "Reads a second that a member, or the guests of an address, may make in one room in the long run; 0: no limit.",
  },
  READ_BURST: {
    default: 200,
    min: 1,
    max: 100_000,
    description: "Reads that a member, or the guests of an address, may make at once.",
  },
  ROOM_SOCKETS: {
    default: 10_000,
    min: 1,
    max: 32_768,
    description: "Open sockets in one room.",
  },
  HISTORY_MESSAGES: {
    default: 10_000,
    min: 1,
    max: 10_000_000,
    description: "Messages that a room keeps. It removes older ones, a whole flush at a time.",
  },
  HISTORY_BYTES: {
    default: 67_108_864,
    min: 1_048_576,
    max: 8_589_934_592,
    description: "Bytes of the frames that a room keeps. It removes older ones in the same way.",
  },
  HISTORY_DAYS: {
    default: 30,
    min: 1,
    max: 36_500,
    description: "Days that a room keeps a message.",
  },
  DEDUPE_MESSAGES: {
    default: 10_000,
    min: 0,
    max: 100_000,
    description: "Newest messages whose ids a room knows, so that a repeated publish is stored once.",
  },
  RESUME_MESSAGES: {
    default: 5000,
    min: 0,
    max: 1_000_000,
    description: "Messages that a resume or `history=N` replays at most.",
  },
  ACK_BYTES: {
    default: 1_048_576,
    min: 4096,
    max: 16_777_216,
    description:
      "Bytes after which a client acknowledges. The window of a session is two to four times as much.",
  },
  HEARTBEAT_SECONDS: {
    default: 30,
    min: 1,
    max: 3600,
    description: "Seconds between the pings of a client.",
  },
  LEAVE_GRACE_MS: {
    default: 5000,
    min: 0,
    max: 60_000,
    description: "Milliseconds for which a member whose connection dropped still counts as here.",
  },
  MEMBERS_LISTED: {
    default: 200,
    min: 0,
    max: 1000,
    description: "Members of a room that are listed. Where there are more, they are only counted.",
  },
  STATE_BYTES: {
    default: 2048,
    min: 2,
    max: 4096,
    description: "Bytes of a session's public state, as JSON.",
  },
  NAME_CHARS: {
    default: 64,
    min: 1,
    max: 256,
    description: "Characters (code points) of a member's name.",
  },
} as const satisfies Record<string, IntegerSetting>;

type IntegerName = keyof typeof INTEGER_SETTINGS;

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<Name>;

/** The whole numbers by their names in code: `messageBytes` for MESSAGE_BYTES. */
export type IntegerSettings = { [Name in IntegerName as CamelCase<Name>]: number };

const NAMES = Object.keys(INTEGER_SETTINGS) as IntegerName[];

/** The name of a setting in code. */
export function camelCase(name: string): string {
  return name.toLowerCase().replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Reads all whole numbers of a deployment. @throws SettingError */
export function readIntegers(vars: Vars): IntegerSettings {
  const entries = NAMES.map((name) => [camelCase(name), readInteger(name, name, vars[name])]);
  return Object.fromEntries(entries) as IntegerSettings;
}

/**
 * Reads the whole numbers that code sets, by their names in code.
 * @throws SettingError
 */
export function readIntegerOverrides(given: Record<string, unknown>): Partial<IntegerSettings> {
  const known = new Map(NAMES.map((name) => [camelCase(name), name]));
  const entries = Object.entries(given).flatMap(([key, value]) => {
    const name = known.get(key);
    return name === undefined || value === undefined ? [] : [[key, readInteger(key, name, value)]];
  });
  return Object.fromEntries(entries) as Partial<IntegerSettings>;
}

function readInteger(shown: string, name: IntegerName, raw: unknown): number {
  const { default: fallback, min, max } = INTEGER_SETTINGS[name];
  if (raw === undefined) return fallback;
  const value = typeof raw === "string" && /^\d+$/.test(raw.trim()) ? Number(raw) : raw;
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    throw new SettingError(
      `${shown} must be a whole number from ${min} to ${max}, not ${JSON.stringify(raw)}.`,
    );
  }
  return value;
}
