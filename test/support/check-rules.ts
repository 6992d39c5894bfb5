/**
 * Fails when a rule of docs/GUARANTEES.md has no test, a test names an unknown rule, or the lists of tests are out of date.
 * `npm run check` runs it; `npm run fix:rules` runs it with `--fix`, which writes the lists.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { faultsOf, rulesOf, testsByRule, withTests } from "./rules.ts";

const PATH = "docs/GUARANTEES.md";

const files = globSync("test/**/*.test.ts").map((file) => file.replaceAll("\\", "/"));
const tests = testsByRule(new Map(files.map((file) => [file, readFileSync(file, "utf8")])));
const document = readFileSync(PATH, "utf8");
const current = withTests(document, tests, PATH);

const faults = faultsOf(document, tests);
if (process.argv.includes("--fix")) writeFileSync(PATH, current);
else if (current !== document) faults.push("The lists of tests are out of date. Run: npm run fix:rules");

for (const fault of faults) console.error(`${PATH}: ${fault}`);
if (faults.length > 0) process.exitCode = 1;
else console.log(`${rulesOf(document).length} rules, each named by a test.`);
