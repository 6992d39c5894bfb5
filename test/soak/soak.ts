import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { quantile } from "../bench/quantile.ts";
import { startHost } from "../e2e/selfhost/host.ts";
import { processesWith } from "../e2e/selfhost/processes.ts";
import { checkout, PATH } from "../e2e/selfhost/tree.ts";
import { usageOf } from "../support/process-usage.ts";
import { removeTemporary } from "../support/temporary.ts";
import { Load, type Scale } from "./load.ts";
import type { Sample } from "./trend.ts";

/** @param everyMs how often a sample is taken. `vars`: settings that replace the defaults */
export type Soak = Scale & { minutes: number; everyMs: number; vars?: Record<string, string> };

export type Soaked = { samples: Sample[]; joins: number; published: number; deliveries: number };

/**
 * Runs the service as a person does who installs it: `npm start` in a new folder, with an empty environment. Loads it, and takes samples
 * of its process.
 *
 * @param onSample is called with each sample
 * @throws Error where a client missed a message, was closed or was refused
 */
export async function soak(options: Soak, onSample: (sample: Sample) => void = () => {}): Promise<Soaked> {
  const folder = await checkout();
  const vars = Object.entries(options.vars ?? {}).map(([name, value]) => `${name}=${value}`);
  const host = await startHost({
    command: ["env", "-i", `PATH=${PATH}`, "PORT=0", ...vars, "npm", "start"],
    cwd: folder,
    env: { PATH },
  });
  try {
    const [pid] = await processesWith(join(folder, "data/workerd.capnp"));
    if (pid === undefined) throw new Error("workerd does not run.");
    const load = new Load(options, host.room);
    await load.open();
    const end = new AbortController();
    const running = load.run(end.signal);
    const sampled = sample(pid, load, options, onSample).finally(() => end.abort());
    const [samples] = await Promise.all([sampled, running]);
    const { joins, deliveries } = load.tally;
    return { samples, joins, deliveries, published: load.published };
  } finally {
    await host.end("SIGKILL");
    await removeTemporary(folder);
  }
}

async function sample(
  pid: number,
  load: Load,
  { minutes, everyMs }: Soak,
  onSample: (sample: Sample) => void,
): Promise<Sample[]> {
  const { tally } = load;
  const samples: Sample[] = [];
  const began = performance.now();
  let before = { at: began, cpuSeconds: usageOf(pid).cpuSeconds, deliveries: tally.deliveries };
  for (let i = 1; i * everyMs <= minutes * 60_000; i++) {
    await sleep(began + i * everyMs - performance.now());
    load.check();
    const now = performance.now();
    const { rssMB, cpuSeconds } = usageOf(pid);
    const latencies = tally.latencies.splice(0);
    const seconds = (now - before.at) / 1000;
    const taken: Sample = {
      minute: (now - began) / 60_000,
      rssMB,
      files: readdirSync(`/proc/${pid}/fd`).length,
      cpuPercent: (100 * (cpuSeconds - before.cpuSeconds)) / seconds,
      deliveries: (tally.deliveries - before.deliveries) / seconds,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
    };
    before = { at: now, cpuSeconds, deliveries: tally.deliveries };
    samples.push(taken);
    onSample(taken);
  }
  return samples;
}
