import type { Contender } from "./peers/contender.ts";
import { dormouse, PEERS, unlogged } from "./peers/contenders.ts";
import type { Compared, Figures } from "./row.ts";

/** What the rows measured, by their names. */
export type Results = Record<string, Compared>;

const CONTENDERS: readonly Contender[] = [dormouse, unlogged, ...PEERS];

/** A line for each figure of a row, a column for each of those that it compares. */
export function tableOf(row: string, compared: Compared): string {
  const columns = CONTENDERS.flatMap(({ name, title }): [string, Figures][] => {
    const figures = compared[name];
    return figures === undefined ? [] : [[title, figures]];
  });
  const names = [...new Set(columns.flatMap(([, figures]) => Object.keys(figures)))];
  return aligned([
    [row, ...columns.map(([title]) => title)],
    ...names.map((name) => [name, ...columns.map(([, figures]) => shown(figures[name]))]),
  ]);
}

/** Lines of cells under each other: the first to the left, all others to the right. */
export function aligned(lines: readonly (readonly string[])[]): string {
  const width = (i: number) => Math.max(...lines.map((line) => line[i]?.length ?? 0));
  const pad = (cell: string, i: number) => (i === 0 ? cell.padEnd(width(i)) : cell.padStart(width(i)));
  return lines.map((line) => line.map(pad).join("  ")).join("\n");
}

export function shown(figure: number | undefined): string {
  if (figure === undefined) return "–";
  const size = Math.abs(figure);
  return figure.toLocaleString("en", {
    maximumFractionDigits: size < 1 ? 4 : size < 10 ? 2 : size < 100 ? 1 : 0,
  });
}

/** From here on a load generator may be what is measured. */
const BUSY_PERCENT = 90;

/** The figures of which the load generator may have been the limit. */
export function warningsIn(results: Results): string[] {
  return Object.entries(results).flatMap(([row, compared]) =>
    CONTENDERS.flatMap(({ name, title }) =>
      Object.entries(compared[name] ?? {})
        .filter(([figure, value]) => figure.endsWith("bench CPU, %") && value > BUSY_PERCENT)
        .map(
          ([, value]) =>
            `${row}, ${title}: the load generator took ${shown(value)} % of a core, and may be the limit.`,
        ),
    ),
  );
}
