/**
 * Runs `wrangler dev` for all devices of the network. The page then knows the address of this computer, and invites to it.
 * `npm run dev:lan` runs it, and passes its options on.
 */
import { spawn } from "node:child_process";
import { networkInterfaces } from "node:os";
import { lanAddress } from "./lan-address.ts";

const host = lanAddress(networkInterfaces());
if (host === undefined)
  console.warn("This computer has no address in a network. Connect it, then start this command again.");

const wrangler = spawn("wrangler", ["dev", "--ip", "0.0.0.0", ...process.argv.slice(2)], {
  stdio: "inherit",
  // On Windows, npm installs commands as scripts of the shell.
  shell: process.platform === "win32",
  env: { ...process.env, LAN_HOST: host ?? "" },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => wrangler.kill(signal));
wrangler.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
