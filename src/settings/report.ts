import type { SettingInForce, SettingProblem } from "../protocol/service-settings.ts";
import { parseAuth } from "./auth.ts";
import { BOOLEANS, parseBoolean } from "./booleans.ts";
import { parseFileTypes } from "./files.ts";
import { INTEGERS, parseInteger } from "./integers.ts";
import { parseLog } from "./log.ts";
import { parseOrigins } from "./origins.ts";
import { parsePlaces } from "./places.ts";
import { camelCase, type Declaration, type ReadSetting, SettingError, settingReader } from "./setting.ts";
import { DECLARATIONS, parseSettings, type SettingOverrides } from "./settings.ts";
import { parseWebhook } from "./webhook.ts";

type Name = keyof typeof DECLARATIONS;
const NAMES = Object.keys(DECLARATIONS) as Name[];

export type SettingsReport = { settings: SettingInForce[]; problems: SettingProblem[] };

/**
 * Every setting with its value and where that comes from, and what is wrong with them. It never throws: an invalid setting has no value.
 * A secret has none either. Where settings depend on each other, only the first fault of them is found.
 * @param overrides take precedence over the environment
 * @example
 * describeSettings({ MESSAGE_BYTES: "1024" }).settings.find(({ name }) => name === "MESSAGE_BYTES");
 * // { name: "MESSAGE_BYTES", source: "environment", value: 1024, default: 262144, unit: "bytes", … }
 */
export function describeSettings(env: object, overrides: SettingOverrides = {}): SettingsReport {
  const read = settingReader(env, overrides);
  const problems = problemsOf(env, overrides, read);
  const settings = NAMES.map((name) => settingInForce(name, read)).map((setting) =>
    setting.secret || problems.every(({ name }) => name !== setting.name)
      ? setting
      : { ...setting, value: null },
  );
  return { settings, problems };
}

function settingInForce(name: Name, read: ReadSetting): SettingInForce {
  const declared: Declaration = DECLARATIONS[name];
  const { label, value: raw } = read(name);
  const { min, max, unit } = declared;
  // An empty text counts as absent, where a setting is optional.
  const isSet = raw !== undefined && (raw !== "" || declared.default !== undefined);
  return {
    name,
    source: !isSet ? "default" : label === name ? "environment" : "code",
    ...shown(name, declared, isSet, read),
    default: inEnvironment(declared.default),
    ...(unit === undefined ? {} : { unit }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

function problemsOf(env: object, overrides: SettingOverrides, read: ReadSetting): SettingProblem[] {
  const whole = problemOf(() => parseSettings(env, overrides));
  if (whole === undefined) return [];
  const problems = PARSERS.flatMap((parse) => problemOf(() => parse(read)) ?? []);
  // A name that code gives, and that is no setting, has no parser.
  return problems.length > 0 ? problems : [whole];
}

const PARSERS: readonly ((read: ReadSetting) => unknown)[] = [
  parseAuth,
  parseWebhook,
  parseOrigins,
  ...integerNames().map((name) => (read: ReadSetting) => parseInteger(read, name)),
  parseFileTypes,
  ...booleanNames().map((name) => (read: ReadSetting) => parseBoolean(read, name)),
  parsePlaces,
  parseLog,
];

function problemOf(parse: () => unknown): SettingProblem | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    const { message: detail } = error;
    const [first] = detail.split(" ");
    const name = NAMES.find((each) => each === first || camelCase(each) === first);
    return { ...(name === undefined ? {} : { name }), detail };
  }
}

type Shown = Pick<SettingInForce, "value" | "partial" | "secret" | "set">;

function shown(
  name: Name,
  { shows, default: fallback }: Declaration,
  isSet: boolean,
  read: ReadSetting,
): Shown {
  if (shows === "presence") return { secret: true, set: isSet };
  if (!isSet) return { value: inEnvironment(fallback) };
  const { value: raw } = read(name);
  if (isInteger(name)) return { value: validOrNull(() => parseInteger(read, name)) };
  if (isBoolean(name)) return { value: validOrNull(() => inEnvironment(parseBoolean(read, name))) };
  if (typeof raw !== "string") return { value: null };
  if (shows !== "origin") return { value: raw };
  const url = URL.parse(raw);
  if (url === null) return { value: null };
  return url.href === `${url.origin}/` ? { value: url.origin } : { value: `${url.origin}/…`, partial: true };
}

/** The value, or null where it is invalid. */
function validOrNull<Value>(parse: () => Value): Value | null {
  try {
    return parse();
  } catch {
    return null;
  }
}

/** A value as wrangler.toml spells it. */
function inEnvironment(value: Declaration["default"]): number | string | null {
  if (typeof value === "boolean") return value ? "on" : "off";
  return value ?? null;
}

function integerNames(): (keyof typeof INTEGERS)[] {
  return Object.keys(INTEGERS) as (keyof typeof INTEGERS)[];
}

function booleanNames(): (keyof typeof BOOLEANS)[] {
  return Object.keys(BOOLEANS) as (keyof typeof BOOLEANS)[];
}

function isInteger(name: Name): name is keyof typeof INTEGERS {
  return name in INTEGERS;
}

function isBoolean(name: Name): name is keyof typeof BOOLEANS {
  return name in BOOLEANS;
}
