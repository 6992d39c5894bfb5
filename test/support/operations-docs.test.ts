import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { EVENT_NAMES } from "../../src/telemetry/events.ts";
import { BLOBS, DOUBLES } from "../../src/telemetry/metrics.ts";

const DOCS = readFileSync("docs/OPERATIONS.md", "utf8");
const DASHBOARD = "docs/examples/grafana/dormouse.json";

/** The columns of a data point, with those that the platform adds. */
const COLUMNS = new Set([
  "index1",
  ...Object.keys(BLOBS).map((_, i) => `blob${i + 1}`),
  ...Object.keys(DOUBLES).map((_, i) => `double${i + 1}`),
]);

function columnsIn(sql: string): string[] {
  return sql.match(/\b(?:blob|double|index)\d+\b/g) ?? [];
}

/** Each SELECT weighs sums by the sampling, and groups by what it does not aggregate. */
function expectQuery(sql: string): void {
  expect(columnsIn(sql).filter((column) => !COLUMNS.has(column))).toEqual([]);
  expect(sql).toMatch(/^SELECT .+ FROM dormouse WHERE .*blob2 = 'minute'.* GROUP BY /);
  for (const [, summed] of sql.matchAll(/SUM\(([^)]*)\)/g))
    expect(summed).toMatch(/^_sample_interval \* double\d+$/);
}

describe("docs/OPERATIONS.md", () => {
  test("[OPER-4] lists each column with its name and meaning", () => {
    const rows = [
      ...Object.entries(BLOBS).map(([name, text], i) => `| \`blob${i + 1}\` | \`${name}\` | ${text} |`),
    ];
    rows.push(
      ...Object.entries(DOUBLES).map(([name, text], i) => `| \`double${i + 1}\` | \`${name}\` | ${text} |`),
    );
    for (const row of rows) expect(DOCS).toContain(row);
  });

  test("[OPER-4] asks for existing columns by SQL", () => {
    const queries = [...DOCS.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = ""]) =>
      sql.replaceAll("\n", " "),
    );
    expect(queries.length).toBeGreaterThanOrEqual(3);
    queries.forEach(expectQuery);
  });

  test("[OPER-1] lists each channel", () => {
    for (const name of EVENT_NAMES) expect(DOCS).toContain(`| \`dormouse:${name}\` |`);
  });

  test("[OPER-2] lists each event and code that is logged", () => {
    const source = readFileSync("src/telemetry/events.ts", "utf8");
    const codes = [...(source.match(/export type FaultCode =[^;]*/)?.[0] ?? "").matchAll(/"(\w+)"/g)];
    expect(codes.length).toBeGreaterThan(5);
    for (const [, code] of codes) expect(DOCS).toContain(`| \`${code}\` |`);
    for (const name of EVENT_NAMES.filter((each) => each !== "publish"))
      expect(DOCS).toMatch(new RegExp(`^\\| .*\`${name}\`.* \\| (error|info|debug)`, "m"));
  });
});

describe("the Grafana dashboard", () => {
  type Panel = { id: number; title: string; targets: { query: string; rawQuery: boolean }[] };
  const { panels, templating } = JSON.parse(readFileSync(DASHBOARD, "utf8"));

  test("[OPER-4] is JSON whose queries name existing columns and variables", () => {
    const targets = (panels as Panel[]).flatMap((panel) => panel.targets);
    expect(targets.length).toBeGreaterThan(7);
    const variables = new Set(templating.list.map(({ name }: { name: string }) => name));
    for (const { query, rawQuery } of targets) {
      expect(rawQuery).toBe(true);
      expectQuery(query);
      const used = [...query.matchAll(/\$(\w+)/g)].map(([, name = ""]) => name);
      const macros = ["timeSeries", "timeFilter", "interval"];
      expect(used.filter((name) => !variables.has(name) && !macros.includes(name))).toEqual([]);
    }
  });

  test("[OPER-4] shows every column", () => {
    const used = new Set(
      (panels as Panel[]).flatMap(({ targets }) => targets.flatMap(({ query }) => columnsIn(query))),
    );
    expect([...COLUMNS].filter((column) => column !== "index1" && !used.has(column))).toEqual([]);
  });
});
