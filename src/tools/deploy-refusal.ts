import { unstable_readConfig as readConfig } from "wrangler";
import type { Declaration } from "../settings/setting.ts";
import { DECLARATIONS } from "../settings/settings.ts";
import { inConfig } from "./setting-value.ts";

const PRODUCTION = "production";

/** `--env NAME`, `--env=` and their short forms. */
const ENVIRONMENT = /^(?:--env|-e)(?:=|$)/;

/**
 * Why a deploy would replace the settings of production: it names no environment, the top level and production are one Worker, and
 * production has settings of its own.
 *
 * @param args the arguments of `wrangler deploy`
 * @param config the path of the configuration of Wrangler
 * @returns undefined where nothing speaks against it
 */
export function deployRefusal(args: readonly string[], config: string): string | undefined {
  if (args.some((arg) => ENVIRONMENT.test(arg)) || process.env.CLOUDFLARE_ENV) return undefined;
  const top = readConfig({ config });
  if (!top.definedEnvironments?.includes(PRODUCTION)) return undefined;
  const production = readConfig({ config, env: PRODUCTION });
  if (production.name !== top.name) return undefined;
  const routes = [production.route, production.routes].flat().some((route) => route !== undefined);
  const own = [...ownSettings(production.vars), ...(routes ? ["routes"] : [])];
  if (own.length === 0) return undefined;
  return `${config} has settings of its own for production: ${own.join(", ")}. A deploy without --env replaces them by those of the top level.
Run: npm run deploy -- --env production
To replace them all the same, run: npm run deploy -- --env=`;
}

/** The settings that differ from their defaults. */
function ownSettings(vars: Record<string, unknown>): string[] {
  const declared: Partial<Record<string, Declaration>> = DECLARATIONS;
  return Object.keys(vars).filter((name) => {
    const value = declared[name]?.default;
    return value === undefined || String(vars[name]) !== String(inConfig(value));
  });
}
