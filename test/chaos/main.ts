/**
 * Runs clients through faults, and checks from their records that the service kept its guarantees:
 *
 *     npm run chaos -- --seed 1 --seconds 60
 */
import { parseArgs } from "node:util";
import { VIOLATIONS, type Violation } from "./checker/violation.ts";
import { digestOf, planOf } from "./plan.ts";
import { run } from "./run.ts";

/** The most violations to print of each kind. */
const PRINTED = 10;
/** Characters of workerd's output to print after a violation. */
const OUTPUT_CHARS = 12_000;

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, seconds: { type: "string", default: "60" } },
});
const seed = wholeNumber("seed", values.seed, 0);
const seconds = wholeNumber("seconds", values.seconds, 1);

console.log(`seed         ${seed}`);
console.log(`seconds      ${seconds}`);
console.log(`plan         ${digestOf(planOf(seed, seconds))}`);
const { summary, violations, output } = await run(seed, seconds);
for (const [name, count] of Object.entries(summary)) console.log(`${name.padEnd(12)} ${count}`);
report(violations);
if (violations.length > 0 && output !== "")
  console.log(`\nOutput of workerd:\n${withoutStacks(output).slice(-OUTPUT_CHARS)}`);
// Abandoned sockets still wait for answers.
process.exit(violations.length > 0 ? 1 : 0);

/** A stack of workerd itself is long, and has no names. */
function withoutStacks(output: string): string {
  return output.replace(/^stack: .*\n/gm, "");
}

function wholeNumber(name: string, value: string, least: number): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${name} is ${value}. Pass a whole number of at least ${least}.`);
}

function report(violations: readonly Violation[]): void {
  if (violations.length === 0) {
    console.log("result       no violation");
    return;
  }
  console.log(`result       ${violations.length} violations`);
  const kinds = new Set(violations.map(({ kind }) => kind));
  for (const kind of kinds) {
    const all = violations.filter((violation) => violation.kind === kind);
    console.log(`\n${kind}: ${all.length} (${VIOLATIONS[kind]})`);
    for (const { room, sentence } of all.slice(0, PRINTED)) console.log(`  ${room}: ${sentence}`);
    if (all.length > PRINTED) console.log(`  … and ${all.length - PRINTED} more`);
  }
}
