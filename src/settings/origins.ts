import { SettingError, type Vars } from "./read.ts";

/** The origins whose pages may connect, in lower case; `"*"` for all. @throws SettingError */
export function readOrigins(vars: Vars): "*" | ReadonlySet<string> {
  const raw = vars.ALLOWED_ORIGINS ?? "*";
  if (typeof raw !== "string") {
    throw new SettingError(`ALLOWED_ORIGINS must be "*" or a list of origins, not ${JSON.stringify(raw)}.`);
  }
  const list = raw.split(/[\s,]+/).filter((item) => item !== "");
  if (list.length === 1 && list[0] === "*") return "*";
  if (list.length === 0)
    throw new SettingError(`ALLOWED_ORIGINS is empty. Set it to "*" or to a list of origins.`);
  return new Set(list.map(origin));
}

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s*]+$/;

/** An origin as browsers write it: in lower case, without a default port. Apps have schemes of their own (capacitor://localhost). */
function origin(raw: string): string {
  const lower = raw.toLowerCase().replace(/\/$/, "");
  if (!ORIGIN.test(lower) || !URL.canParse(lower)) {
    throw new SettingError(
      `ALLOWED_ORIGINS holds ${JSON.stringify(raw)}, which is not an origin. Write it like https://example.com`,
    );
  }
  const known = new URL(lower).origin;
  return known === "null" ? lower : known;
}
