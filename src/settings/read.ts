/** A setting that is invalid. The message names the setting, and is safe to show to a caller. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

/** The variables of a deployment: `[vars]` in wrangler.toml, `--var NAME:value` of `npm run dev`, secrets, or the dashboard. */
export type Vars = Record<string, unknown>;

/** A text; undefined where it is absent or empty. An error never shows it, because it may be a secret. @throws SettingError */
export function readText(vars: Vars, name: string): string | undefined {
  const raw = vars[name];
  if (raw === undefined || raw === "") return undefined;
  if (typeof raw !== "string") throw new SettingError(`${name} must be text.`);
  return raw;
}

/** A switch: "on" or "off". @throws SettingError */
export function readBoolean(vars: Vars, name: string, fallback: boolean): boolean {
  const raw = vars[name];
  if (raw === undefined) return fallback;
  const word = String(raw).toLowerCase();
  if (word === "on" || word === "true") return true;
  if (word === "off" || word === "false") return false;
  throw new SettingError(`${name} must be "on" or "off", not ${JSON.stringify(raw)}.`);
}
