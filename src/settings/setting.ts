/** A setting as it is declared. `docs/SETTINGS.md` lists every declaration. */
export type Declaration = {
  /** Absent where the setting is optional. */
  default?: number | boolean | string;
  /** The range of a whole number, both ends included. */
  min?: number;
  max?: number;
  unit?: string;
  /**
   * How much of the value operators may read: whether there is one, for a secret; or the origin of an address, whose rest may hold a secret.
   * Absent: all of it.
   */
  shows?: "presence" | "origin";
  /** In Markdown, with links relative to `docs/`. */
  description: string;
};

/** The name of a setting in code: `MESSAGE_BYTES` is `messageBytes`. */
export type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<Name>;

export function camelCase<Name extends string>(name: Name): CamelCase<Name> {
  const camel = name.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return camel as CamelCase<Name>;
}

/** An invalid setting. The message begins with the name of the setting, and is safe to send to a caller. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

/** The raw value of a setting, and its name as its author spelled it. */
export type RawSetting = { label: string; value: unknown };
export type ReadSetting = (name: string) => RawSetting;

/**
 * Reads settings from the environment, and from overrides before that.
 * @param overrides values by camelCase name
 */
export function settingReader(env: object, overrides: object): ReadSetting {
  const [vars, given] = [env, overrides] as [Record<string, unknown>, Record<string, unknown>];
  return (name) => {
    const label = camelCase(name);
    return given[label] === undefined ? { label: name, value: vars[name] } : { label, value: given[label] };
  };
}

/**
 * An optional text. An empty one counts as absent. The error does not show the value, because it may be a secret.
 * @throws SettingError
 */
export function textSetting({ label, value }: RawSetting): string | undefined {
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string") throw new SettingError(`${label} must be text. Put its value in quotes.`);
  return value;
}

/**
 * An optional http(s) address.
 * @throws SettingError
 */
export function urlSetting(raw: RawSetting): string | undefined {
  const url = textSetting(raw);
  if (url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) return url;
  throw new SettingError(`${raw.label} is not a URL. Set it to an address such as https://example.com/path.`);
}
