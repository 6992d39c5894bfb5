/**
 * What the service does under load, on this machine. Each row checks what it measures, and throws where a promise is broken.
 *
 *     node test/bench/bench.ts [--json] [row …]
 */
import { parseArgs } from "node:util";
import { rows as flood } from "./flood.ts";
import { rows as joins } from "./joins.ts";
import { rows as load } from "./load.ts";
import type { Figures, Row } from "./row.ts";
import { rows as storm } from "./storm.ts";

const ROWS: readonly Row[] = [...load, ...flood, ...storm, ...joins];

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const names = ROWS.map(({ name }) => name);
const unknown = positionals.find((name) => !names.includes(name));
if (unknown !== undefined) throw new Error(`No row is named ${unknown}; there are: ${names.join(", ")}.`);

const results: Record<string, Figures> = {};
for (const { name, about, run } of ROWS) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.error(`${name}: ${about} …`);
  results[name] = await run();
}
console.log(values.json ? JSON.stringify(results, null, 2) : table(results));

/** A line for each figure, a column for each row of the bench. */
function table(results: Record<string, Figures>): string {
  const columns = Object.entries(results);
  const figures = [...new Set(columns.flatMap(([, figures]) => Object.keys(figures)))];
  const lines = [
    ["", ...columns.map(([name]) => name)],
    ...figures.map((figure) => [figure, ...columns.map(([, figures]) => shown(figures[figure]))]),
  ];
  const width = (i: number) => Math.max(...lines.map((line) => line[i]?.length ?? 0));
  const pad = (cell: string, i: number) => (i === 0 ? cell.padEnd(width(i)) : cell.padStart(width(i)));
  return lines.map((line) => line.map(pad).join("  ")).join("\n");
}

function shown(figure: number | undefined): string {
  if (figure === undefined) return "–";
  return figure.toLocaleString("en", { maximumFractionDigits: figure < 1 ? 4 : figure < 100 ? 1 : 0 });
}
