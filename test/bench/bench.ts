/**
 * What the service does under load, on this machine, and what others do with the same work, in the same run. Each row checks what
 * it measures, and throws where a promise is broken.
 *
 *     node test/bench/bench.ts [--full] [--json] [--write] [row …]
 *
 * `--full`: all rows, with more sockets, longer, and more often. What came out is also dist/bench.json and dist/bench.svg;
 * `--write`: docs/bench.json and docs/images/bench.svg in their place.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { rows as abuse } from "./abuse.ts";
import { rows as compression } from "./compression.ts";
import { rows as costs } from "./costs.ts";
import { rows as decode } from "./decode.ts";
import { rows as flood } from "./flood.ts";
import { rows as idle } from "./idle.ts";
import { rows as joins } from "./joins.ts";
import { rows as paused } from "./paused.ts";
import { rows as peak } from "./peak.ts";
import { picture } from "./picture.ts";
import { rows as quiet } from "./quiet.ts";
import { type Results, tableOf, warningsIn } from "./results.ts";
import { rows as rooms } from "./rooms.ts";
import type { Comparison, Row } from "./row.ts";
import { rows as steady } from "./steady.ts";
import { rows as storm } from "./storm.ts";
import { held, targetTable } from "./targets.ts";
import { rows as wake } from "./wake.ts";

const ROWS: readonly (Row | Comparison)[] = [
  ...peak,
  ...quiet,
  ...steady,
  ...paused,
  ...rooms,
  ...wake,
  ...idle,
  ...storm,
  ...joins,
  ...flood,
  ...abuse,
  ...compression,
  ...costs,
  ...decode,
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
if (unknown !== undefined) throw new Error(`No row is named ${unknown}; there are: ${names.join(", ")}.`);

const start = performance.now();
/** What others run here counts as noise: the load of the minute before, in processes. */
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
  targets: held(rows),
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
writeFileSync(svg, picture(rows));
if (!values.json) console.log(`Written to ${json} and ${svg}.`);

function busy(load: number): string[] {
  if (load < 1) return [];
  return [
    `The machine was busy before the bench began (a load of ${load.toFixed(1)}): figures are worse than they need be.`,
  ];
}
