import {
  type CamelCase,
  camelCase,
  type Declaration,
  type ReadSetting,
  SettingError,
  textSetting,
} from "./setting.ts";

/** Where the platform places rooms. Both are optional. */
export const PLACES = {
  LOCATION_HINT: {
    description:
      "Region in which a new room is placed: `wnam`, `enam`, `sam`, `weur`, `eeur`, `apac`, `oc`, `afr` or `me`.",
  },
  JURISDICTION: { description: "Jurisdiction that rooms are restricted to: `eu` or `fedramp`." },
} as const satisfies Record<string, Declaration>;

const LOCATION_HINTS = ["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"] as const;
export const JURISDICTIONS = ["eu", "fedramp"] as const;

/** The settings of Durable Objects, "Data location". */
export type PlaceSettings = {
  locationHint: (typeof LOCATION_HINTS)[number] | undefined;
  jurisdiction: (typeof JURISDICTIONS)[number] | undefined;
};
export type PlaceOverrides = { [Name in keyof typeof PLACES as CamelCase<Name>]?: string };

/** @throws SettingError */
export function parsePlaces(read: ReadSetting): PlaceSettings {
  return {
    locationHint: oneOf(read, "LOCATION_HINT", LOCATION_HINTS),
    jurisdiction: oneOf(read, "JURISDICTION", JURISDICTIONS),
  };
}

function oneOf<Value extends string>(
  read: ReadSetting,
  name: keyof typeof PLACES,
  values: readonly Value[],
): Value | undefined {
  const raw = read(name);
  const text = textSetting(raw);
  if (text === undefined) return undefined;
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new SettingError(
    `${raw.label} is ${JSON.stringify(text)}. Set ${camelCase(name)} to one of ${values.join(", ")}.`,
  );
}
