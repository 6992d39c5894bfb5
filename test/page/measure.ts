/**
 * How heavy and how quick the page is, on a phone's network and processor. Run by `npm run measure:page`; prints what it
 * measured, and fails where the console has an error or something moved.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { CDPSession, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { TestSocket } from "../support/socket.ts";
import { startWranglerDev } from "../support/wrangler-dev.ts";

/** Lighthouse's "slow 4G": 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up; a processor four times slower. */
const SLOW = { latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750, offline: false } as const;
const SLOWER_CPU = 4;
const MESSAGES = 5000;

const state = await mkdtemp(join(tmpdir(), "dormouse-measure-"));
const dev = await startWranglerDev("npm", [
  "run",
  "dev",
  "--",
  "--persist-to",
  state,
  "--var",
  "PUBLISH_RATE:0",
]);
const browser = await openBrowser({ width: 390, height: 844 });
const faults: string[] = [];
try {
  const other = await TestSocket.open(dev.room("measured"));
  for (let i = 1; i <= MESSAGES; i++)
    other.ws.send(`message ${i} of a conversation that has gone on for a while`);
  for (let i = 1; i <= MESSAGES; i++) await other.next(30_000);
  weigh();
  const page = await browser.context.newPage();
  page.on("pageerror", (error) => faults.push(`page: ${error}`));
  page.on("console", (line) => {
    if (line.type() === "error") faults.push(`console: ${line.text()}`);
  });
  await page.addInitScript(watch);
  await page.addInitScript(() => localStorage.setItem("dormouse.name", "Ada"));
  await firstMessage(page);
  await newMessages(page, other);
  await smoothness(page, other);
  other.ws.terminate();
} finally {
  await browser.close();
  await dev.stop();
  await rm(state, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;

function report(what: string, value: string): void {
  console.log(`${what.padEnd(58)} ${value}`);
}

function weigh(): void {
  for (const file of ["app.js", "sw.js", "style.css", "index.html", "icon.svg"]) {
    const bytes = readFileSync(join("public", file));
    report(file, `${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`);
  }
}

/** In the page, from its start: what moved without being asked to, and what kept it from answering. */
function watch(): void {
  const seen = { shift: 0, longest: 0, blocked: 0 };
  Object.assign(globalThis, { seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if ("value" in entry && typeof entry.value === "number") seen.shift += entry.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      seen.longest = Math.max(seen.longest, duration);
      seen.blocked += Math.max(0, duration - 50);
    }
  }).observe({ type: "longtask", buffered: true });
}

type Seen = { shift: number; longest: number; blocked: number };

/** What was seen since the last time. */
function take(page: Page): Promise<Seen> {
  return page.evaluate<Seen>(
    "(() => { const was = { ...seen }; Object.assign(seen, { shift: 0, longest: 0, blocked: 0 }); return was; })()",
  );
}

async function throttled(page: Page, measure: (session: CDPSession) => Promise<void>): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", SLOW);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER_CPU });
  await measure(session);
  await session.detach();
}

async function firstMessage(page: Page): Promise<void> {
  await throttled(page, async () => {
    const began = performance.now();
    await page.goto(`${dev.url}/#measured`, { waitUntil: "commit" });
    await page.waitForSelector(".said");
    const shown = performance.now() - began;
    const paint = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
    );
    report("slow 4G, processor 4 times slower: first paint", `${Math.round(paint)} ms`);
    report("  first message", `${Math.round(shown)} ms`);
    await page.waitForTimeout(1000);
    const { shift, blocked } = await take(page);
    report("  layout shift, blocking time", `${shift.toFixed(4)}, ${Math.round(blocked)} ms`);
    if (shift > 0.1) faults.push(`The page moved by ${shift} while it loaded.`);
  });
}

async function newMessages(page: Page, other: TestSocket): Promise<void> {
  await take(page);
  for (let i = 1; i <= 50; i++) other.send(`new ${i}`);
  await page.waitForSelector('.said >> text="new 50"');
  await page.waitForTimeout(300);
  const { shift } = await take(page);
  report("50 new messages: layout shift", shift.toFixed(4));
  if (shift > 0) faults.push(`New messages moved what was in view by ${shift}.`);
}

/** All of a long room, loaded by scrolling up; then what one message costs in it, and what scrolling through it does. */
async function smoothness(page: Page, other: TestSocket): Promise<void> {
  const began = performance.now();
  await page.evaluate(async (messages) => {
    const timeline = document.querySelector<HTMLElement>(".timeline");
    while (document.querySelectorAll(".said").length < messages) {
      if (timeline !== null) timeline.scrollTop = 0;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, MESSAGES);
  const loading = await take(page);
  report(`${MESSAGES} messages loaded by scrolling up`, `${Math.round(performance.now() - began)} ms`);
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
  await page.click(".to-newest");
  await take(page);
  const start = performance.now();
  for (let i = 1; i <= 100; i++) other.send(`last ${i}`);
  await page.waitForSelector('.said >> text="last 100"');
  const { shift, longest } = await take(page);
  report("  100 more messages shown after", `${Math.round(performance.now() - start)} ms`);
  report("  longest task, layout shift", `${Math.round(longest)} ms, ${shift.toFixed(4)}`);
}
