/**
 * Writes the table of settings in docs/SETTINGS.md from their declarations: `npm run fix:docs`. With `--check`, which `npm run check`
 * uses, it changes nothing and fails where the table or the `[vars]` of wrangler.toml differ from the declarations.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { unstable_readConfig } from "wrangler";
import type { Declaration } from "../settings/setting.ts";
import { DECLARATIONS } from "../settings/settings.ts";
import { inConfig } from "./setting-value.ts";

const DOCS = "docs/SETTINGS.md";
const CONFIG = "wrangler.toml";
const BEGIN = "<!-- settings: written by npm run fix:docs -->";
const END = "<!-- /settings -->";

const declared: [string, Declaration][] = Object.entries(DECLARATIONS);
const text = readFileSync(DOCS, "utf8");
const current = withTable(text);

if (!process.argv.includes("--check")) {
  writeFileSync(DOCS, current);
} else {
  const faults = [
    ...(text === current ? [] : [`${DOCS} differs from src/settings/. Run: npm run fix:docs`]),
    ...configFaults(unstable_readConfig({ config: CONFIG }).vars),
  ];
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

function withTable(docs: string): string {
  const [before, rest] = docs.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${DOCS} needs the lines ${BEGIN} and ${END} around its table.`);
  const head = "| setting | default | range | unit | meaning |\n|---|---|---|---|---|";
  return [before, BEGIN, "\n", head, "\n", ...declared.map(row), END, after].join("");
}

function row([name, { default: value, min, max, unit = "", description }]: [string, Declaration]): string {
  const shown = value === undefined ? "" : `\`${inConfig(value)}\``;
  const range = typeof value === "boolean" ? "`on`, `off`" : min === undefined ? "" : `${min} to ${max}`;
  return `| \`${name}\` | ${shown} | ${range} | ${unit} | ${description} |\n`;
}

function configFaults(vars: Record<string, unknown>): string[] {
  const defaults = declared.flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, inConfig(value)] as const],
  );
  const wrong = defaults
    .filter(([name, value]) => vars[name] !== value)
    .map(([name, value]) => `${CONFIG} does not set ${name} to its default, ${value}. Set it in [vars].`);
  const known = new Map(defaults);
  const extra = Object.keys(vars)
    .filter((name) => !known.has(name))
    .map((name) => `${CONFIG} sets ${name}, which is not a setting with a default. Remove it from [vars].`);
  return [...wrong, ...extra];
}
