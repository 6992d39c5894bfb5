import { type CamelCase, camelCase, type Declaration, type ReadSetting, SettingError } from "./setting.ts";

/** Every setting that is `on` or `off`. */
export const BOOLEANS = {
  PLAIN: { default: true, description: "Whether sockets without a subprotocol are accepted." },
} as const satisfies Record<string, Declaration & { default: boolean }>;

type BooleanName = keyof typeof BOOLEANS;
export type BooleanSettings = { [Name in BooleanName as CamelCase<Name>]: boolean };

/** @throws SettingError */
export function parseBooleans(read: ReadSetting): BooleanSettings {
  const names = Object.keys(BOOLEANS) as BooleanName[];
  return Object.fromEntries(
    names.map((name) => [camelCase(name), parseBoolean(read, name)]),
  ) as BooleanSettings;
}

/** @throws SettingError */
export function parseBoolean(read: ReadSetting, name: BooleanName): boolean {
  const { label, value } = read(name);
  if (value === undefined) return BOOLEANS[name].default;
  const word = String(value).toLowerCase();
  if (word === "on" || word === "true") return true;
  if (word === "off" || word === "false") return false;
  throw new SettingError(`${label} is ${JSON.stringify(value)}. Set it to "on" or "off".`);
}
