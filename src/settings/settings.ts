import { type Auth, readAuth } from "./auth.ts";
import { type IntegerSettings, readIntegerOverrides, readIntegers } from "./integers.ts";
import { readOrigins } from "./origins.ts";
import { isJurisdiction, isLocationHint, type Jurisdiction, type LocationHint } from "./places.ts";
import { readBoolean, readText, SettingError, type Vars } from "./read.ts";
import { readWebhook, type Webhook } from "./webhook.ts";

/** Every setting of a deployment. The variables and their meaning: docs/SETTINGS.md. */
export type Settings = IntegerSettings & {
  auth: Auth;
  /** Absent: there is no webhook. */
  webhook: Webhook | undefined;
  /** The origins whose pages may connect, in lower case; `"*"` for all. */
  allowedOrigins: "*" | ReadonlySet<string>;
  /** Whether sockets without a subprotocol are accepted. */
  plain: boolean;
  /** Where a new room is placed; undefined: near whoever uses it first. */
  locationHint: LocationHint | undefined;
  /** Where a room may be stored; undefined: anywhere. */
  jurisdiction: Jurisdiction | undefined;
};

/** The settings that code may set for each room. */
export type RoomSettings = IntegerSettings & Pick<Settings, "plain" | "locationHint" | "jurisdiction">;

/** @throws SettingError */
export function parseSettings(env: object): Settings {
  const vars = env as Vars;
  return {
    ...readIntegers(vars),
    auth: readAuth(vars),
    webhook: readWebhook(vars),
    allowedOrigins: readOrigins(vars),
    plain: readBoolean(vars, "PLAIN", true),
    locationHint: readPlace(readText(vars, "LOCATION_HINT"), "LOCATION_HINT", isLocationHint),
    jurisdiction: readPlace(readText(vars, "JURISDICTION"), "JURISDICTION", isJurisdiction),
  };
}

let parsed: { env: object; settings: Settings } | undefined;

/**
 * The settings of an environment, parsed once.
 * @throws SettingError each time, until the environment is fixed
 */
export function settingsOf(env: object): Settings {
  if (parsed?.env !== env) parsed = { env, settings: parseSettings(env) };
  return parsed.settings;
}

const OTHER_OVERRIDES = ["plain", "locationHint", "jurisdiction"];

/**
 * Settings with those that code sets for a room.
 * @throws SettingError for an unknown name and for a value out of bounds
 */
export function withOverrides(settings: Settings, given: Partial<RoomSettings>): Settings {
  const integers = readIntegerOverrides(given);
  const unknown = Object.keys(given).find((key) => !(key in integers) && !OTHER_OVERRIDES.includes(key));
  if (unknown !== undefined && given[unknown as keyof RoomSettings] !== undefined)
    throw new SettingError(`There is no setting of a room named ${unknown}.`);
  const { plain = settings.plain } = given;
  if (typeof plain !== "boolean") throw new SettingError("plain must be true or false.");
  return {
    ...settings,
    ...integers,
    plain,
    locationHint: readPlace(given.locationHint, "locationHint", isLocationHint) ?? settings.locationHint,
    jurisdiction: readPlace(given.jurisdiction, "jurisdiction", isJurisdiction) ?? settings.jurisdiction,
  };
}

function readPlace<Place extends string>(
  raw: string | undefined,
  name: string,
  isPlace: (text: string) => text is Place,
): Place | undefined {
  if (raw === undefined || isPlace(raw)) return raw;
  throw new SettingError(`${name} is ${JSON.stringify(raw)}, which the platform does not know.`);
}
