/**
 * A storm over the service, and a proof from the records that its promises held, or a list of those that did not:
 *
 *     npm run chaos -- --seed 1 --seconds 60
 */
import { parseArgs } from "node:util";
import { BREACHES, type Breach } from "./checker/violation.ts";
import { digestOf, planOf } from "./plan.ts";
import { run } from "./run.ts";

/** Sentences of one kind that are worth reading. */
const SHOWN = 10;
/** Characters of the runtime's own words, where there is a breach. */
const OUTPUT_SHOWN = 4000;

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, seconds: { type: "string", default: "60" } },
});
const seed = wholeNumber("seed", values.seed, 0);
const seconds = wholeNumber("seconds", values.seconds, 1);

console.log(`seed         ${seed}`);
console.log(`seconds      ${seconds}`);
console.log(`plan         ${digestOf(planOf(seed, seconds))}`);
const { tally, breaches, output } = await run(seed, seconds);
for (const [what, count] of Object.entries(tally)) console.log(`${what.padEnd(12)} ${count}`);
report(breaches);
if (breaches.length > 0 && output !== "") console.log(`\nThe runtime said:\n${output.slice(-OUTPUT_SHOWN)}`);
// Sockets that were given up wait for answers from a runtime that is gone.
process.exit(breaches.length > 0 ? 1 : 0);

function wholeNumber(name: string, value: string, least: number): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new Error(`--${name} is a whole number from ${least} on, not ${value}.`);
}

function report(breaches: readonly Breach[]): void {
  if (breaches.length === 0) {
    console.log("verdict      no breach");
    return;
  }
  console.log(`verdict      ${breaches.length} breaches`);
  const kinds = new Set(breaches.map(({ kind }) => kind));
  for (const kind of kinds) {
    const all = breaches.filter((breach) => breach.kind === kind);
    console.log(`\n${kind}: ${all.length} (${BREACHES[kind]})`);
    for (const { room, sentence } of all.slice(0, SHOWN)) console.log(`  ${room}: ${sentence}`);
    if (all.length > SHOWN) console.log(`  … and ${all.length - SHOWN} more`);
  }
}
