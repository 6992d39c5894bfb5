import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, preloaded, WATCH_SHIFTS } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

test("[PAGE-2] history that arrives in several frames moves nothing", async () => {
  // A message of bytes is a frame of its own, and so are the texts before and after it.
  const texts = Array.from({ length: 40 }, (_, i) => (i % 10 === 9 ? Buffer.from([i]) : `message ${i}`));
  await people.says("in-frames", texts);
  const page = await people.person("elsewhere", "Ada");
  let frames = 0;
  await page.routeWebSocket(/in-frames/, (route) => {
    const server = route.connectToServer();
    let sent = Promise.resolve();
    server.onMessage((frame) => {
      frames++;
      // The browser paints between two frames.
      sent = sent.then(() => new Promise((resolve) => setTimeout(resolve, 20))).then(() => route.send(frame));
    });
  });
  await page.addInitScript(() => {
    Object.assign(globalThis, { shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        Object.assign(globalThis, { shift: Reflect.get(globalThis, "shift") + Reflect.get(entry, "value") });
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(people.address("in-frames"));
  await page.reload();
  await page.waitForSelector('.message >> text="message 38"');
  expect(frames).toBeGreaterThan(6);
  expect(await page.evaluate("shift")).toBeLessThan(0.01);
});

test("[PAGE-2] the parts of the page that load later move nothing", async () => {
  await people.says("later", ["line\n".repeat(19), "line\n".repeat(19), "line\n".repeat(19)]);
  const page = await people.person("elsewhere", "Ada", { serviceWorkers: "block" });
  let load = () => {};
  const later = new Promise<void>((resolve) => {
    load = resolve;
  });
  await page.route(/more\.(js|css)$/, async (route) => {
    await later;
    await route.continue();
  });
  await page.goto(people.address("later"));
  await page.reload();
  await live(page);
  await expect.poll(() => page.locator(".message").count()).toBe(3);
  await page.evaluate(WATCH_SHIFTS);
  expect(await page.locator(".room-list button").count()).toBe(0);
  load();
  await preloaded(page);
  await page.waitForSelector(".room-list button", { state: "attached" });
  // A shift is known once its frame is painted.
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)))");
  expect(await page.evaluate("shifted")).toEqual([]);
});

test.each([
  ["en-US", "en.js"],
  ["zh-CN", "zh.js"],
])(
  "[PAGE-7] the texts in %s are fetched before the script that shows them has arrived",
  async (locale, texts) => {
    const page = await people.person("elsewhere", "Ada", { locale });
    const isFetched = page.waitForRequest(`**/${texts}`);
    await page.route("**/shared.js", async (route) => {
      await isFetched;
      await route.continue();
    });
    await page.evaluate(
      "navigator.serviceWorker.getRegistrations().then((all) => all.map((one) => one.unregister()))",
    );
    await page.reload();
    await page.waitForSelector(".composer");
  },
);
