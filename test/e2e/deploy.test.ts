import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseEnv, promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";
import { parseSettings } from "../../src/settings/settings.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const ENVIRONMENTS = ["staging", "production"] as const;
const DEPLOY_MS = 120_000;

type Named = Record<string, unknown>;

/** The parts of a configuration that an environment does not inherit, by the name of each binding. */
function bindingsOf(env?: string): { bindings: string[]; vars: string[]; objects: { bindings?: unknown } } {
  const { vars, durable_objects, ...config } = readConfig({ config: "wrangler.toml", env });
  const lists = Object.entries(config).flatMap(([kind, value]) =>
    Array.isArray(value) ? value.map((each): [string, Named] => [kind, each]) : [],
  );
  const bindings = lists.flatMap(([kind, { name, binding }]) => {
    const label = binding ?? name;
    return typeof label === "string" ? [`${kind} ${label}`] : [];
  });
  return { bindings: bindings.sort(), vars: Object.keys(vars).sort(), objects: { ...durable_objects } };
}

async function dryRun(env: string): Promise<string> {
  const outdir = await temporaryDirectory();
  const args = ["deploy", "--dry-run", `--env=${env}`, "--outdir", outdir];
  const { stdout } = await promisify(execFile)("node_modules/.bin/wrangler", args, {
    env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true", COLUMNS: "200" },
  });
  return stdout;
}

describe("wrangler.toml", () => {
  test.each(ENVIRONMENTS)("[OPER-6] %s has all bindings, classes and vars of the top level", (env) => {
    const [top, here] = [bindingsOf(), bindingsOf(env)];
    expect(here).toEqual(top);
    expect(top.bindings).toContain("ratelimits JOINS");
    const { exports, assets, name } = readConfig({ config: "wrangler.toml", env });
    expect(exports).toEqual(readConfig({ config: "wrangler.toml" }).exports);
    expect(assets).toEqual(readConfig({ config: "wrangler.toml" }).assets);
    expect(name).toBe(env === "production" ? "dormouse" : "dormouse-staging");
  });

  test("[OPER-6] staging and production count joins apart", () => {
    const [staging, production] = ENVIRONMENTS.map(
      (env) => readConfig({ config: "wrangler.toml", env }).ratelimits,
    );
    expect(staging?.[0]?.namespace_id).not.toBe(production?.[0]?.namespace_id);
  });

  test(
    "[OPER-6] wrangler deploy --dry-run takes every environment",
    async () => {
      for (const env of ["", ...ENVIRONMENTS]) {
        const printed = await dryRun(env);
        for (const line of ["env.ROOMS (Room)", "env.JOINS", 'env.LOG ("info")', "--dry-run: exiting now."])
          expect(printed).toContain(line);
      }
    },
    3 * DEPLOY_MS,
  );
});

describe("the deploy button", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));
  const example = parseEnv(readFileSync(".dev.vars.example", "utf8"));

  test("[OPER-7] opens this repository, and asks for no secret that is usable as it stands", () => {
    const repository = manifest.homepage.replace("#readme", "");
    const link = `https://deploy.workers.cloudflare.com/?url=${repository}`;
    expect(readFileSync("README.md", "utf8")).toContain(link);
    expect(example).toEqual({ AUTH_SECRET: "" });
    expect(parseSettings(example).auth.secret).toBeUndefined();
  });

  test("[OPER-7] describes each binding and secret that it shows", () => {
    const described = manifest.cloudflare.bindings;
    const { vars, objects, bindings } = bindingsOf();
    const classes = (objects.bindings as { name: string }[]).map(({ name }) => name);
    const others = bindings.map((each) => each.split(" ")[1] ?? "");
    for (const name of [...Object.keys(example), ...classes, ...others])
      expect(described[name]?.description, name).toEqual(expect.stringMatching(/\.$/));
    const known = new Set([...vars, ...Object.keys(example), ...classes, ...others]);
    expect(Object.keys(described).filter((name) => !known.has(name))).toEqual([]);
  });
});
