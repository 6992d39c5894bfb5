/** Fails where a rule of docs/GUARANTEES.md has no test, or a test names no rule. Run by `npm run check`. */
import { globSync, readFileSync } from "node:fs";

const RULE = /^\| ([A-Z]+-\d+) +\|/gm;
const NAMED = /(?:test|it)(?:\.each\([^`]*?\))?\(\s*["'`]((?:\[[A-Z]+-\d+\] ?)+)/g;

const rules = new Set([...readFileSync("docs/GUARANTEES.md", "utf8").matchAll(RULE)].map(([, id]) => id));
const named = new Map<string, string>();
for (const file of globSync("test/**/*.test.ts")) {
  for (const [, ids = ""] of readFileSync(file, "utf8").matchAll(NAMED)) {
    for (const id of ids.match(/[A-Z]+-\d+/g) ?? []) named.set(id, file);
  }
}

const untested = [...rules].filter((id) => id !== undefined && !named.has(id));
const unknown = [...named].filter(([id]) => !rules.has(id));
for (const id of untested) console.error(`docs/GUARANTEES.md: no test is titled [${id}].`);
for (const [id, file] of unknown) console.error(`${file}: [${id}] is no rule of docs/GUARANTEES.md.`);
if (rules.size === 0) console.error("docs/GUARANTEES.md lists no rules.");
process.exitCode = untested.length + unknown.length > 0 || rules.size === 0 ? 1 : 0;
if (process.exitCode === 0) console.log(`${rules.size} rules, each named by a test.`);
