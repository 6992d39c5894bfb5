import { DECLARATIONS, parseSettings } from "../../settings/settings.ts";
import { HostError } from "./host-error.ts";
import type { Environment } from "./options.ts";

/**
 * The settings of the service by name, and nothing else of the environment. An empty variable counts as absent.
 *
 * @param vars the `[vars]` of wrangler.toml, which the environment replaces
 * @throws SettingError with the sentence that the service would answer
 * @throws HostError for a setting that needs Cloudflare
 * @example readSettings({ PLAIN: "off", PATH: "/bin" }, { PLAIN: "on" }); // { PLAIN: "off" }
 */
export function readSettings(
  env: Environment,
  vars: Readonly<Record<string, string>>,
): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const name of Object.keys(DECLARATIONS)) {
    const value = env[name] || vars[name];
    if (value !== undefined && value !== "") settings[name] = value;
  }
  const { jurisdiction } = parseSettings(settings);
  if (jurisdiction === undefined) return settings;
  throw new HostError(
    `JURISDICTION is "${jurisdiction}", but rooms stay on this machine. Remove the setting.`,
  );
}
