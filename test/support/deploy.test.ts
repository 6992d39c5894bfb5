import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { deployRefusal } from "../../src/tools/deploy-refusal.ts";
import { temporaryDirectory } from "./temporary.ts";

const SHIPPED = readFileSync("wrangler.toml", "utf8");
const [TOP = "", PRODUCTION = ""] = SHIPPED.split("\n[env.production]\n");
const ROUTES = 'routes = [{ pattern = "chat.example.com", custom_domain = true }]';

async function written(config: string): Promise<string> {
  const path = join(await temporaryDirectory(), "wrangler.toml");
  writeFileSync(path, config);
  return path;
}

/** The configuration with another production. */
const withProduction = (change: (text: string) => string) =>
  written(`${TOP}\n[env.production]\n${change(PRODUCTION)}`);

describe("npm run deploy", () => {
  test("[OPER-8] deploys the top level while production has the settings that it came with", async () => {
    expect(deployRefusal([], await written(SHIPPED))).toBeUndefined();
    const ownTop = SHIPPED.replace('AUTH_MODE = "open"', 'AUTH_MODE = "token"');
    expect(ownTop).not.toBe(SHIPPED);
    expect(deployRefusal([], await written(ownTop))).toBeUndefined();
    expect(deployRefusal([], await written(TOP))).toBeUndefined();
  });

  test.each([
    ["AUTH_MODE", (text: string) => text.replace('AUTH_MODE = "open"', 'AUTH_MODE = "token"')],
    ["PLAIN", (text: string) => text.replace('PLAIN = "on"', 'PLAIN = "off"')],
    ["JURISDICTION", (text: string) => text.replace("PLAIN =", 'JURISDICTION = "eu"\nPLAIN =')],
    ["routes", (text: string) => text.replace('name = "dormouse"', `name = "dormouse"\n${ROUTES}`)],
  ])(
    "[OPER-8] ends with an error when production has its own %s and no environment is named",
    async (name, change) => {
      const config = await withProduction(change);
      expect(deployRefusal(["--dry-run"], config)).toContain(`for production: ${name}. `);
      for (const args of [["--env", "production"], ["--env=staging"], ["-e", "staging"], ["--env="]])
        expect(deployRefusal(args, config)).toBeUndefined();
    },
  );

  test("[OPER-8] deploys the top level when production is another Worker", async () => {
    const other = await withProduction((text) =>
      text.replace('name = "dormouse"', `name = "dormouse-production"\n${ROUTES}`),
    );
    expect(deployRefusal([], other)).toBeUndefined();
  });

  test("[OPER-8] says what to run in place of it, and exits with 1", async () => {
    const config = await withProduction((text) => text.replace('AUTH_MODE = "open"', 'AUTH_MODE = "token"'));
    const program = resolve("src/tools/deploy.ts");
    const failed = await promisify(execFile)(process.execPath, [program], { cwd: join(config, "..") }).catch(
      (error: { code: number; stderr: string }) => error,
    );
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("npm run deploy -- --env production"),
    });
  });
});
