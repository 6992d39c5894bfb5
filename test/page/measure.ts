/**
 * Measures the page's size and speed with the network and the processor of a phone. `npm run measure:page` runs it. It prints the
 * measurements, and fails if the console has an error or if content moved.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { CDPSession, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { TestSocket } from "../support/socket.ts";
import { startDev } from "../support/wrangler-dev.ts";

/** The files of the first view, of what loads after the first messages, and of what loads when it is first used. */
const FILES = [
  ...["start.js", "app.js", "shared.js", "en.js", "zh.js", "sw.js", "style.css", "index.html", "icon.svg"],
  ...["more.js", "en-more.js", "zh-more.js", "more.css"],
  ...["markdown.js", "highlight.js", "qr.js"],
];

/** The "slow 4G" of Lighthouse: 150 ms round trip, 1.6 Mbit/s down, 750 kbit/s up. */
const SLOW_4G = {
  latency: 150,
  downloadThroughput: 200_000,
  uploadThroughput: 93_750,
  offline: false,
} as const;
/** The processor runs this many times slower. */
const CPU_SLOWDOWN = 4;
const MESSAGES = 5000;

const state = await mkdtemp(join(tmpdir(), "dormouse-measure-"));
const dev = await startDev("npm", ["run", "dev", "--", "--persist-to", state, "--var", "PUBLISH_RATE:0"]);
const browser = await openBrowser({ width: 390, height: 844 });
const faults: string[] = [];
try {
  const other = await TestSocket.open(dev.room("measured"));
  for (let i = 1; i <= MESSAGES; i++)
    other.ws.send(`message ${i} of a conversation that has gone on for a while`);
  for (let i = 1; i <= MESSAGES; i++) await other.next(30_000);
  reportSizes();
  const page = await browser.context.newPage();
  page.on("pageerror", (error) => faults.push(`page: ${error}`));
  page.on("console", (line) => {
    if (line.type() === "error") faults.push(`console: ${line.text()}`);
  });
  await page.addInitScript(observePerformance);
  await page.addInitScript(() => localStorage.setItem("dormouse.name", "Ada"));
  await measureLoad(page);
  await measureNewMessages(page, other);
  await measureLongRoom(page, other);
  other.ws.terminate();
} finally {
  await browser.close();
  await dev.stop();
  await rm(state, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;

function report(label: string, value: string): void {
  console.log(`${label.padEnd(58)} ${value}`);
}

function reportSizes(): void {
  for (const file of FILES) {
    const bytes = readFileSync(join("public", file));
    report(file, `${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`);
  }
}

/** Runs in the page from its start. Adds up layout shifts and long tasks in the global `performanceTotals`. */
function observePerformance(): void {
  const totals = { shift: 0, longest: 0, blocked: 0 };
  Object.assign(globalThis, { performanceTotals: totals });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if ("value" in entry && typeof entry.value === "number") totals.shift += entry.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      totals.longest = Math.max(totals.longest, duration);
      totals.blocked += Math.max(0, duration - 50);
    }
  }).observe({ type: "longtask", buffered: true });
}

/** The layout shift score; the longest task and the blocking time in milliseconds. */
type Totals = { shift: number; longest: number; blocked: number };

/** The totals since the last call. */
function takeTotals(page: Page): Promise<Totals> {
  return page.evaluate<Totals>(
    "(() => { const totals = { ...performanceTotals }; Object.assign(performanceTotals, { shift: 0, longest: 0, blocked: 0 }); return totals; })()",
  );
}

/** Runs a measurement on a slow network and a slow processor. */
async function throttled(page: Page, measure: (session: CDPSession) => Promise<void>): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", SLOW_4G);
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
  await measure(session);
  await session.detach();
}

async function measureLoad(page: Page): Promise<void> {
  await throttled(page, async () => {
    const start = performance.now();
    await page.goto(`${dev.url}/#measured`, { waitUntil: "commit" });
    await page.waitForSelector(".message");
    const shown = performance.now() - start;
    const paint = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
    );
    report("slow 4G, processor 4 times slower: first paint", `${Math.round(paint)} ms`);
    report("  first message", `${Math.round(shown)} ms`);
    await page.waitForTimeout(1000);
    const { shift, blocked } = await takeTotals(page);
    report("  layout shift, blocking time", `${shift.toFixed(4)}, ${Math.round(blocked)} ms`);
    if (shift > 0.1) faults.push(`Content moved by ${shift} while the page loaded.`);
  });
}

async function measureNewMessages(page: Page, other: TestSocket): Promise<void> {
  await takeTotals(page);
  for (let i = 1; i <= 50; i++) other.send(`new ${i}`);
  await page.waitForSelector('.message >> text="new 50"');
  await page.waitForTimeout(300);
  const { shift } = await takeTotals(page);
  report("50 new messages: layout shift", shift.toFixed(4));
  if (shift > 0) faults.push(`New messages moved what was in view by ${shift}.`);
}

/** Loads a long room by scrolling up, scrolls through it, then adds messages. */
async function measureLongRoom(page: Page, other: TestSocket): Promise<void> {
  const loadStart = performance.now();
  await page.evaluate(async (messages) => {
    const timeline = document.querySelector<HTMLElement>(".timeline");
    while (document.querySelectorAll(".message").length < messages) {
      if (timeline !== null) timeline.scrollTop = 0;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, MESSAGES);
  const loading = await takeTotals(page);
  report(`${MESSAGES} messages loaded by scrolling up`, `${Math.round(performance.now() - loadStart)} ms`);
  report("  longest task", `${Math.round(loading.longest)} ms`);
  const frames = await page.evaluate(async () => {
    const timeline = document.querySelector<HTMLElement>(".timeline");
    const times: number[] = [];
    let last = performance.now();
    for (let i = 0; i < 240; i++) {
      if (timeline !== null) timeline.scrollTop += 600;
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      times.push(now - last);
      last = now;
    }
    return times.sort((a, b) => a - b);
  });
  report(
    "  scrolling, 600 pixels a frame: median, 99th percentile",
    `${frames[120]?.toFixed(1)}, ${frames[237]?.toFixed(1)} ms`,
  );
  await page.click(".jump-to-newest");
  await takeTotals(page);
  const start = performance.now();
  for (let i = 1; i <= 100; i++) other.send(`last ${i}`);
  await page.waitForSelector('.message >> text="last 100"');
  const { shift, longest } = await takeTotals(page);
  report("  100 more messages shown after", `${Math.round(performance.now() - start)} ms`);
  report("  longest task, layout shift", `${Math.round(longest)} ms, ${shift.toFixed(4)}`);
}
