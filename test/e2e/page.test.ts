import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { type Dev, startDev } from "../support/dev.ts";
import { Network } from "../support/network.ts";
import { TestSocket } from "../support/socket.ts";

let dev: Dev;
let state: string;
let network: Network;
let browser: Awaited<ReturnType<typeof openBrowser>>;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "dormouse-page-"));
  dev = await startDev("npm", ["run", "dev", "--", "--persist-to", state]);
  network = await Network.start(() => Number(new URL(dev.url).port));
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await network?.stop();
  await dev?.stop();
  await rm(state, { recursive: true, force: true });
});

/** A tab of its own person: the page keeps who one is in `localStorage`, which the tabs of one browser share. */
async function tab(room: string, name: string): Promise<Page> {
  const page = await browser.context.newPage();
  await page.addInitScript(
    ([who]) => {
      localStorage.setItem("dormouse.guest", `guest-key-of-${who}-0000`);
      localStorage.setItem("dormouse.name", who ?? "");
    },
    [name],
  );
  await page.goto(`http://127.0.0.1:${network.port}/#${room}`);
  await live(page);
  return page;
}

const live = (page: Page) => page.waitForSelector('#state[data-status="live"]');
const texts = (page: Page) => page.locator("#messages li:not(.pending) .text").allTextContents();

async function say(page: Page, text: string): Promise<void> {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
}

/** Waits until the page shows just these messages, in this order. */
async function shows(page: Page, expected: string[]): Promise<void> {
  await expect.poll(() => texts(page), { timeout: 15_000 }).toEqual(expected);
}

test("[ORD-1] two tabs and a plain socket see each other's messages, in one order", async () => {
  const ada = await tab("lobby", "Ada");
  const bob = await tab("lobby", "Bob");
  const wscat = await TestSocket.open(dev.room("lobby"));
  await say(ada, "hello from Ada");
  await shows(bob, ["hello from Ada"]);
  await say(bob, "hello from Bob");
  await shows(ada, ["hello from Ada", "hello from Bob"]);
  wscat.send("hello from a terminal");
  const all = ["hello from Ada", "hello from Bob", "hello from a terminal"];
  await shows(ada, all);
  await shows(bob, all);
  expect(await bob.locator("#messages li.own .text").allTextContents()).toEqual(["hello from Bob"]);
  expect(await bob.locator("#messages b").first().textContent()).toBe("Ada");
  expect(wscat.seen).toEqual([
    { text: '{"text":"hello from Ada"}' },
    { text: '{"text":"hello from Bob"}' },
    { text: "hello from a terminal" },
  ]);
});

test("[ORD-3] a reloaded page and one whose network was away show every message once", async () => {
  const ada = await tab("tunnel", "Ada");
  const other = await TestSocket.open(dev.room("tunnel"));
  await say(ada, "one");
  await shows(ada, ["one"]);
  await ada.reload();
  await live(ada);
  await shows(ada, ["one"]);

  // The browser is told, and the connection stalls without a word, as when a cable is pulled.
  for (const leg of network.legs) leg.stall();
  await browser.context.setOffline(true);
  await ada.waitForSelector('#state[data-status="waiting"]');
  other.send("two");
  await say(ada, "three");
  expect(await ada.locator("#messages li.pending .text").allTextContents()).toEqual(["three"]);
  await browser.context.setOffline(false);
  await live(ada);
  await shows(ada, ["one", "two", "three"]);

  // Nobody is told, and connections are reset and refused, as when a server is replaced.
  network.unplug();
  await ada.waitForSelector('#state[data-status="waiting"]');
  other.send("four");
  await say(ada, "five");
  network.plug();
  await live(ada);
  await shows(ada, ["one", "two", "three", "four", "five"]);
});

test("[RES-1] what is on its way is not lost when one changes name or room", async () => {
  const ada = await tab("rename", "Ada");
  network.unplug();
  await ada.waitForSelector('#state[data-status="waiting"]');
  await say(ada, "before the new name");
  await ada.fill("#name", "Ada the second");
  await ada.press("#name", "Enter");
  await say(ada, "after the new name");
  await ada.evaluate("location.hash = '#elsewhere'");
  network.plug();
  await live(ada);
  const bob = await tab("rename", "Bob");
  await expect
    .poll(() => texts(bob).then((all) => all.toSorted()), { timeout: 30_000 })
    .toEqual(["after the new name", "before the new name"]);
});

test("markup in a message or a name stays text, and the page has no error", async () => {
  const errors: string[] = [];
  const ada = await tab("markup", "Ada");
  ada.on("pageerror", (error) => errors.push(String(error)));
  ada.on("console", (line) => {
    if (line.type() === "error") errors.push(line.text());
  });
  const markup = '<img src=x onerror="document.title=1"><b>bold</b>';
  const mallory = await TestSocket.open(dev.room("markup", `?name=${encodeURIComponent(markup)}`));
  mallory.send(markup);
  await shows(ada, [markup]);
  expect(await ada.locator("#messages :is(img, script)").count()).toBe(0);
  expect(await ada.locator("#messages .text b").count()).toBe(0);
  expect(await ada.title()).toBe("markup · Dormouse");
  expect(errors).toEqual([]);
});

test("[RES-1] a page that imports /dormouse.js and keeps no history goes on after a reload where it was", async () => {
  const page = await browser.context.newPage();
  const other = await TestSocket.open(dev.room("reload"));
  /** What a page's script would do: join, and keep what arrives. As text, since Vitest rewrites an `import()` of its own. */
  const enter = () =>
    page.evaluate(`(async () => {
      const { joinRoom } = await import("/dormouse.js");
      globalThis.seen = [];
      joinRoom("reload").on("message", ({ data }) => seen.push(data));
    })()`);
  const seen = () => page.evaluate("globalThis.seen");
  await page.goto(`${dev.url}/healthz`);
  await enter();
  await expect.poll(() => page.evaluate(() => sessionStorage.length)).toBe(1);
  other.send("before");
  await expect.poll(seen).toEqual(["before"]);
  await page.reload();
  other.send("between");
  await expect
    .poll(async () => (await fetch(`${dev.url}/v1/rooms/reload`).then((r) => r.json())).seq)
    .toBe(2);
  await enter();
  other.send("after");
  await expect.poll(seen).toEqual(["between", "after"]);
});
