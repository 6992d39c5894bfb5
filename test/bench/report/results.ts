import type { Contender } from "../peers/contender.ts";
import { dormouse, PEERS, unlogged } from "../peers/contenders.ts";
import type { Compared, Figures } from "../rows/row.ts";

/** The results of all rows, by name. */
export type Results = Record<string, Compared>;

const CONTENDERS: readonly Contender[] = [dormouse, unlogged, ...PEERS];

/** A table with a line per figure and a column per contender. */
export function tableOf(row: string, compared: Compared): string {
  const columns = CONTENDERS.flatMap(({ name, title }): [string, Figures][] => {
    const figures = compared[name];
    return figures === undefined ? [] : [[title, figures]];
  });
  const names = [...new Set(columns.flatMap(([, figures]) => Object.keys(figures)))];
  return aligned([
    [row, ...columns.map(([title]) => title)],
    ...names.map((name) => [name, ...columns.map(([, figures]) => format(figures[name]))]),
  ]);
}

/** Aligns the cells of a table: the first column left, the others right. */
export function aligned(lines: readonly (readonly string[])[]): string {
  const width = (i: number) => Math.max(...lines.map((line) => line[i]?.length ?? 0));
  const pad = (cell: string, i: number) => (i === 0 ? cell.padEnd(width(i)) : cell.padStart(width(i)));
  return lines.map((line) => line.map(pad).join("  ")).join("\n");
}

export function format(figure: number | undefined): string {
  if (figure === undefined) return "–";
  const size = Math.abs(figure);
  return figure.toLocaleString("en", {
    maximumFractionDigits: size < 1 ? 4 : size < 10 ? 2 : size < 100 ? 1 : 0,
  });
}

/** Above this the load generator may be the bottleneck. */
const BUSY_PERCENT = 90;

/** Warnings for figures that the load generator may have limited. */
export function warningsIn(results: Results): string[] {
  return Object.entries(results).flatMap(([row, compared]) =>
    CONTENDERS.flatMap(({ name, title }) =>
      Object.entries(compared[name] ?? {})
        .filter(([figure, value]) => figure.endsWith("bench CPU, %") && value > BUSY_PERCENT)
        .map(
          ([, value]) =>
            `${row}, ${title}: the load generator took ${format(value)} % of a core, so it may be the bottleneck.`,
        ),
    ),
  );
}
