import { AUTH_SETTINGS, type AuthSettings, parseAuth } from "./auth.ts";
import { BOOLEANS, type BooleanSettings, parseBooleans } from "./booleans.ts";
import { FILE_SETTINGS, type FileTypes, parseFileTypes } from "./files.ts";
import { INTEGERS, type IntegerSettings, parseIntegers } from "./integers.ts";
import { LOG_SETTINGS, type LogLevel, parseLog } from "./log.ts";
import { type AllowedOrigins, ORIGIN_SETTINGS, parseOrigins } from "./origins.ts";
import { PLACES, type PlaceSettings, parsePlaces } from "./places.ts";
import { type CamelCase, camelCase, type Declaration, SettingError, settingReader } from "./setting.ts";
import { parseWebhook, WEBHOOK_SETTINGS, type Webhook } from "./webhook.ts";

export { SettingError } from "./setting.ts";
export { WEBHOOK_EVENTS, type Webhook, type WebhookEvent } from "./webhook.ts";

/**
 * Every setting of a deployment, in the order of `docs/SETTINGS.md`. A setting comes from `[vars]` in `wrangler.toml`, from a secret, or
 * from `--var NAME:value` of `npm run dev`.
 */
export const DECLARATIONS = {
  ...AUTH_SETTINGS,
  ...WEBHOOK_SETTINGS,
  ...ORIGIN_SETTINGS,
  ...INTEGERS,
  ...FILE_SETTINGS,
  ...BOOLEANS,
  ...PLACES,
  ...LOG_SETTINGS,
} satisfies Record<string, Declaration>;

/** Parsed settings. */
export type Settings = IntegerSettings &
  BooleanSettings &
  PlaceSettings & {
    auth: AuthSettings;
    /** Absent where no webhook is set. */
    webhook: Webhook | undefined;
    allowedOrigins: AllowedOrigins;
    fileTypes: FileTypes;
    log: LogLevel;
  };

type TextName =
  | keyof typeof PLACES
  | keyof typeof LOG_SETTINGS
  | keyof typeof AUTH_SETTINGS
  | keyof typeof WEBHOOK_SETTINGS
  | keyof typeof ORIGIN_SETTINGS
  | keyof typeof FILE_SETTINGS;

/** Settings that code provides. The values are those of the environment, under their camelCase names. */
export type SettingOverrides = Partial<IntegerSettings & BooleanSettings> & {
  [Name in TextName as CamelCase<Name>]?: string;
};

const NAMES = new Set<string>(Object.keys(DECLARATIONS).map(camelCase));

/**
 * Parses the settings of an environment.
 * @param overrides take precedence over the environment
 * @throws SettingError
 * @example
 * parseSettings({ MESSAGE_BYTES: "1024" }, { historyMessages: 500 }).historyMessages; // 500
 */
export function parseSettings(env: object, overrides: SettingOverrides = {}): Settings {
  const unknown = Object.keys(overrides).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw new SettingError(`${unknown} is not a setting. Use a name from docs/SETTINGS.md in camelCase.`);
  }
  const read = settingReader(env, overrides);
  return {
    auth: parseAuth(read),
    webhook: parseWebhook(read),
    allowedOrigins: parseOrigins(read),
    fileTypes: parseFileTypes(read),
    ...parseIntegers(read),
    ...parseBooleans(read),
    ...parsePlaces(read),
    log: parseLog(read),
  };
}

let parsed: { env: object; settings: Settings } | undefined;

/**
 * The settings of this isolate's environment, which are parsed once.
 * @throws SettingError on every call while a setting is invalid
 */
export function settingsOf(env: object): Settings {
  if (parsed?.env !== env) parsed = { env, settings: parseSettings(env) };
  return parsed.settings;
}
