/**
 * Loads a self-hosted service steadily, and says whether its memory is flat:
 *
 *     npm run soak -- --minutes 10
 *
 * Each room keeps `--history` messages, so that it has all it may have before the memory is measured. 0 leaves the settings as they are.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { soak } from "./soak.ts";
import { afterWarmUp, growthOf, MAX_GROWTH, type Sample } from "./trend.ts";

const EVERY_MS = 5000;
/** The process warms up for about four minutes. */
const MIN_MINUTES = 10;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    rooms: { type: "string", default: "100" },
    sockets: { type: "string", default: "10" },
    rate: { type: "string", default: "100" },
    rejoins: { type: "string", default: "5" },
    bytes: { type: "string", default: "64" },
    history: { type: "string", default: "200" },
    var: { type: "string", multiple: true, default: [] },
  },
});
const number = (
  name: "minutes" | "rooms" | "sockets" | "rate" | "rejoins" | "bytes" | "history",
  least = 1,
): number => {
  const value = Number(values[name]);
  if (value >= least) return value;
  throw new Error(`--${name} is ${values[name]}. Pass a number of at least ${least}.`);
};
const scale = {
  minutes: number("minutes"),
  rooms: number("rooms"),
  sockets: number("sockets"),
  rate: number("rate", 0),
  rejoins: number("rejoins", 0),
  bytes: number("bytes", 32),
};
// Rooms keep more and more until they have as many messages as they may have. With the default, that takes hours.
const history = number("history", 0);
const kept = history === 0 ? {} : { HISTORY_MESSAGES: `${history}`, DEDUPE_MESSAGES: `${history}` };
const vars = { ...kept, ...Object.fromEntries(values.var.map((pair) => pair.split(/[=:](.*)/s))) };

const [before = 0] = loadavg();
console.log(
  `${scale.rooms} rooms with ${scale.sockets} sockets each, ${scale.rate} messages a second in all, ${scale.rejoins} rejoins a second, ` +
    `${scale.minutes} minutes; ${JSON.stringify(vars)}; load average before ${before.toFixed(1)}`,
);
const COLUMNS: [title: string, of: (sample: Sample) => number, digits: number][] = [
  ["minute", ({ minute }) => minute, 1],
  ["memory, MB", ({ rssMB }) => rssMB, 1],
  ["files", ({ files }) => files, 0],
  ["CPU, %", ({ cpuPercent }) => cpuPercent, 0],
  ["deliveries/s", ({ deliveries }) => deliveries, 0],
  ["p50, ms", ({ p50 }) => p50, 1],
  ["p99, ms", ({ p99 }) => p99, 1],
];
console.log(COLUMNS.map(([title]) => title.padStart(12)).join(""));
let lines = 0;
const { samples, joins, published, deliveries } = await soak(
  { ...scale, everyMs: EVERY_MS, vars },
  (sample) => {
    if (sample.minute < lines / 2) return;
    lines = Math.floor(sample.minute * 2) + 1;
    console.log(COLUMNS.map(([, of, digits]) => of(sample).toFixed(digits).padStart(12)).join(""));
  },
);

const measured = afterWarmUp(samples);
const range = (of: (sample: Sample) => number) => {
  const all = measured.map(of);
  return `${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)}`;
};
console.log(
  `${published} messages, ${deliveries} deliveries and ${joins} joins: every client has every message.`,
);
console.log(
  `After the warm-up: memory ${range(({ rssMB }) => rssMB)} MB, files ${range(({ files }) => files)}.`,
);
const { middle, last, percent } = growthOf(samples);
const growth = `Its peak was ${middle.toFixed(1)} MB in the middle third and ${last.toFixed(1)} MB in the last: ${percent.toFixed(1)} %`;
if (scale.minutes < MIN_MINUTES) {
  console.log(`${growth}. A run of less than ${MIN_MINUTES} minutes says nothing.`);
} else if (percent > MAX_GROWTH) {
  console.log(`${growth} more, above ${MAX_GROWTH} %: the memory is NOT FLAT.`);
  process.exitCode = 1;
} else console.log(`${growth} more, at most ${MAX_GROWTH} %: the memory is flat.`);
console.log(`Load average now: ${(loadavg()[0] ?? 0).toFixed(1)}.`);
