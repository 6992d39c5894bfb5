/** Deploys the service: `npm run deploy`. Its arguments are those of `wrangler deploy`. */
import { spawnSync } from "node:child_process";
import { deployRefusal } from "./deploy-refusal.ts";

const args = process.argv.slice(2);
const refusal = deployRefusal(args, "wrangler.toml");
if (refusal === undefined) {
  const { status } = spawnSync("wrangler", ["deploy", ...args], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  process.exitCode = status ?? 1;
} else {
  console.error(refusal);
  process.exitCode = 1;
}
