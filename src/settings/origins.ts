import { type Declaration, type ReadSetting, SettingError } from "./setting.ts";

export const ORIGIN_SETTINGS = {
  ALLOWED_ORIGINS: {
    default: "*",
    description:
      "The origins whose pages may connect: `*`, or a list separated by spaces or commas. Pages of the service's own origin may always connect. Clients other than browsers send no origin and are not restricted.",
  },
} as const satisfies Record<string, Declaration>;

/** `"*"`, or origins in lower case. */
export type AllowedOrigins = "*" | ReadonlySet<string>;

/** @throws SettingError */
export function parseOrigins(read: ReadSetting): AllowedOrigins {
  const { label, value = ORIGIN_SETTINGS.ALLOWED_ORIGINS.default } = read("ALLOWED_ORIGINS");
  if (typeof value !== "string") {
    throw new SettingError(`${label} is ${JSON.stringify(value)}. Set it to "*" or a list of origins.`);
  }
  const list = value.split(/[\s,]+/).filter((item) => item !== "");
  if (list.length === 1 && list[0] === "*") return "*";
  if (list.length === 0) throw new SettingError(`${label} is empty. Set it to "*" or a list of origins.`);
  return new Set(list.map((item) => normalizedOrigin(label, item)));
}

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s*]+$/;

/** As browsers send it: in lower case, without a default port. Apps have their own schemes (capacitor://localhost). */
function normalizedOrigin(label: string, raw: string): string {
  const lower = raw.toLowerCase().replace(/\/$/, "");
  if (!ORIGIN.test(lower) || !URL.canParse(lower)) {
    throw new SettingError(
      `${label} contains ${JSON.stringify(raw)}, which is not an origin. Write each as https://example.com.`,
    );
  }
  // A URL with a scheme that browsers do not know has the origin "null".
  const { origin } = new URL(lower);
  return origin === "null" ? lower : origin;
}
