/**
 * Measures the service under load on this machine, and its peers under the same load in the same run. Each row checks every delivery,
 * and throws if one is missing or wrong.
 *
 *     node test/bench/bench.ts [--full] [--json] [--write] [row …]
 *
 * `--full`: all rows, with more sockets, longer runs and more rounds. The results are also written to dist/bench.json and
 * dist/bench.svg, or with `--write` to docs/bench.json and docs/images/bench.svg.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { chart } from "./report/chart.ts";
import { type Results, tableOf, warningsIn } from "./report/results.ts";
import { evaluate, targetTable } from "./report/targets.ts";
import { rows as abuse } from "./rows/abuse.ts";
import { rows as compression } from "./rows/compression.ts";
import { rows as costs } from "./rows/costs.ts";
import { rows as decode } from "./rows/decode.ts";
import { rows as directory } from "./rows/directory.ts";
import { rows as flood } from "./rows/flood.ts";
import { rows as hooks } from "./rows/hooks.ts";
import { rows as idle } from "./rows/idle.ts";
import { rows as joins } from "./rows/joins.ts";
import { rows as paused } from "./rows/paused.ts";
import { rows as peak } from "./rows/peak.ts";
import { rows as quiet } from "./rows/quiet.ts";
import { rows as rooms } from "./rows/rooms.ts";
import type { Comparison, Row } from "./rows/row.ts";
import { rows as steady } from "./rows/steady.ts";
import { rows as storm } from "./rows/storm.ts";
import { rows as stream } from "./rows/stream.ts";
import { rows as wake } from "./rows/wake.ts";

const ROWS: readonly (Row | Comparison)[] = [
  ...peak,
  ...quiet,
  ...steady,
  ...stream,
  ...paused,
  ...rooms,
  ...hooks,
  ...wake,
  ...idle,
  ...storm,
  ...joins,
  ...flood,
  ...abuse,
  ...compression,
  ...costs,
  ...decode,
  ...directory,
];

const { values, positionals } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const names = ROWS.map(({ name }) => name);
const unknown = positionals.find((name) => !names.includes(name));
if (unknown !== undefined) throw new Error(`No row is named ${unknown}. Choose from: ${names.join(", ")}.`);

const start = performance.now();
/** The load average before the bench: other processes add noise. */
const [load = 0] = loadavg();
const rows: Results = {};
for (const row of ROWS) {
  const isChosen = positionals.length === 0 ? values.full || !row.isLong : positionals.includes(row.name);
  if (!isChosen) continue;
  console.error(`${row.name}: ${row.about} …`);
  const scale = { isFull: values.full };
  const compared = "compare" in row ? await row.compare(scale) : { dormouse: await row.run(scale) };
  rows[row.name] = compared;
  if (!values.json) console.log(`${tableOf(row.name, compared)}\n`);
}
const report = {
  date: new Date().toISOString().slice(0, 10),
  isFull: values.full,
  seconds: Math.round((performance.now() - start) / 1000),
  machine: { cores: cpus().length, processor: cpus()[0]?.model, node: process.version, load },
  targets: evaluate(rows),
  warnings: [...busy(load), ...warningsIn(rows)],
  rows,
};

if (values.json) console.log(JSON.stringify(report, null, 2));
else {
  if (report.targets.length > 0) console.log(`${targetTable(report.targets)}\n`);
  for (const warning of report.warnings) console.log(warning);
  console.log(`${report.seconds} s in all.`);
}
const [json, svg] = values.write
  ? (["docs/bench.json", "docs/images/bench.svg"] as const)
  : (["dist/bench.json", "dist/bench.svg"] as const);
mkdirSync("dist", { recursive: true });
writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
writeFileSync(svg, chart(rows));
if (!values.json) console.log(`Written to ${json} and ${svg}.`);

function busy(load: number): string[] {
  if (load < 1) return [];
  return [
    `The machine was busy before the bench (load average ${load.toFixed(1)}), so the figures may be too low.`,
  ];
}
