/**
 * Runs the service in workerd, without Cloudflare: `npm start`, or `node dist/selfhost/start.mjs` after a build. docs/SELFHOST.md
 * describes its environment.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDataFolder } from "./data-folder.ts";
import { readManifest } from "./manifest.ts";
import { authorityOf, readOptions } from "./options.ts";
import { readSettings } from "./read-settings.ts";
import { runProgram } from "./run-program.ts";
import { launchWorkerd } from "./workerd.ts";
import { workerdConfig } from "./workerd-config.ts";

const FOLDER = import.meta.dirname;
const CONFIG = "workerd.capnp";
/** Where certificates are, for workerd to verify the servers that it calls. */
const CERTIFICATES = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/** How often to look whether npm still runs. */
const PARENT_MS = 500;

await runProgram(async (env) => {
  const options = readOptions(env);
  const manifest = readManifest(FOLDER);
  const settings = readSettings(env, manifest.settings);
  const given = { ...settings, ...(options.trustProxy ? { TRUST_PROXY: "on" } : {}) };
  const data = await openDataFolder(options.dataDir);
  const config = join(options.dataDir, CONFIG);
  writeFileSync(config, workerdConfig(manifest, Object.keys(given)));
  const certificates = Object.fromEntries(
    CERTIFICATES.flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const { host, port, dataDir } = options;
  const { rooms } = data;
  const workerd = launchWorkerd({
    host,
    port,
    config,
    folder: FOLDER,
    rooms,
    env: { ...certificates, ...given },
  });

  let isStopping = false;
  const stop = () => {
    isStopping = true;
    workerd.stop();
  };
  process.on("SIGTERM", stop).on("SIGINT", stop);
  if (env.npm_lifecycle_event !== undefined) whenOrphaned(stop);

  const listening = await workerd.listens.catch((error) => {
    if (!isStopping) throw error;
  });
  if (listening !== undefined) {
    console.log(
      `Dormouse listens on http://${authorityOf(host, listening)} and keeps its rooms in ${dataDir}.`,
    );
  }
  await workerd.gone;
  data.close();
  if (isStopping) return 0;
  console.error(workerd.whyGone());
  return 1;
});

/** npm that is killed tells nothing to what it started, which would keep the port and the folder. */
function whenOrphaned(stop: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, PARENT_MS);
  timer.unref();
}
