import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, preloaded, say, shows, texts } from "../support/people.ts";
import { TestSocket } from "../support/socket.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

/** Clicks the button, unless the page has connected by itself since: then the button is gone. */
const connectNow = (page: Page) =>
  page.locator("#state button").evaluateAll(([button]) => (button as HTMLElement | undefined)?.click());

test("[ORD-3] [PAGE-3] a page shows every message once after a reload and after a network failure", async () => {
  const ada = await people.person("tunnel", "Ada");
  const other = await TestSocket.open(people.service.room("tunnel"));
  await say(ada, "one");
  await shows(ada, ["one"]);
  await ada.reload();
  await live(ada);
  await shows(ada, ["one"]);

  // The browser knows that it is offline, and the connection stalls, as when a cable is pulled.
  for (const leg of people.network.legs) leg.stall();
  await ada.context().setOffline(true);
  await ada.waitForSelector('#state[data-status="offline"]');
  other.send("two");
  await say(ada, "three");
  expect(await ada.locator(".message.pending .message-text").allTextContents()).toEqual(["three"]);
  await ada.context().setOffline(false);
  await live(ada);
  await shows(ada, ["one", "two", "three"]);

  // The browser does not know, and connections are reset and refused, as when a server is replaced.
  people.network.unplug();
  await ada.waitForSelector('#state[data-status="waiting"]');
  other.send("four");
  await say(ada, "five");
  people.network.plug();
  await connectNow(ada);
  await live(ada);
  await shows(ada, ["one", "two", "three", "four", "five"]);
});

test("[RES-1] [PAGE-3] pending messages arrive after the user changes the name or the room", async () => {
  const ada = await people.person("rename", "Ada");
  await preloaded(ada);
  people.network.unplug();
  await ada.waitForSelector('#state[data-status="waiting"]');
  await say(ada, "before the new name");
  await ada.click(".user-button");
  await ada.fill("#my-name", "Ada the second");
  await ada.press("#my-name", "Enter");
  await say(ada, "after the new name");
  await ada.evaluate("location.hash = '#elsewhere'");
  await expect.poll(() => ada.title()).toBe("elsewhere · Dormouse");
  people.network.plug();
  await live(ada);
  const bob = await people.person("rename", "Bob");
  await expect
    .poll(() => texts(bob).then((all) => all.toSorted()), { timeout: 30_000 })
    .toEqual(["after the new name", "before the new name"]);
});

test("[PAGE-3] [PAGE-8] without a network the page opens, says that it is offline, keeps draft and messages, and later sends them once", async () => {
  const ada = await people.person("cabin", "Ada");
  await ada.evaluate("navigator.serviceWorker.ready");
  await expect.poll(() => ada.evaluate("navigator.serviceWorker.controller !== null")).toBe(true);
  people.network.unplug();
  await ada.waitForSelector('#state[data-status="waiting"]');
  await say(ada, "said in the woods");
  await ada.setInputFiles("input[type=file]", {
    name: "a.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("a"),
  });
  await expect.poll(() => ada.locator(".message.pending").count()).toBe(2);
  await ada.fill("#text", "and a draf");
  await ada.reload();
  await ada.waitForSelector('#state[data-status="waiting"]');
  expect(await ada.locator(".message.pending .message-text").allTextContents()).toEqual([
    "said in the woods",
  ]);
  expect(await ada.locator(".message.pending .file-attachment").count()).toBe(1);
  expect(await ada.inputValue("#text")).toBe("and a draf");
  await ada.context().setOffline(true);
  await ada.waitForSelector('#state[data-status="offline"]');
  expect(await ada.textContent("#state")).toContain("You are offline");
  await ada.context().setOffline(false);
  people.network.plug();
  await live(ada);
  await shows(ada, ["said in the woods"]);
  await expect.poll(() => ada.locator(".message.pending").count()).toBe(0);
  await ada.reload();
  await live(ada);
  await shows(ada, ["said in the woods"]);
  expect(await ada.locator(".message .file-attachment").count()).toBe(1);
});

test("[PAGE-8] the service worker replaces its cached script when the network answers", async () => {
  const ada = await people.person("deploy", "Ada");
  await ada.evaluate("navigator.serviceWorker.ready");
  await expect.poll(() => ada.evaluate("navigator.serviceWorker.controller !== null")).toBe(true);
  const cachedScript = () => ada.evaluate("caches.match('/app.js').then((response) => response.text())");
  // As if a deploy had replaced the cached script.
  await ada.evaluate(`caches.keys().then(([name]) => caches.open(name))
    .then((cache) => cache.put("/app.js", new Response("throw 'old'")))`);
  expect(await cachedScript()).toBe("throw 'old'");
  await ada.reload();
  await live(ada);
  await expect.poll(cachedScript).not.toBe("throw 'old'");
});

test("[RES-1] a page that imports /dormouse.js without history resumes at its cursor after a reload", async () => {
  const page = await people.person("elsewhere", "");
  const other = await TestSocket.open(people.service.room("reload"));
  /** Joins and collects messages. A string, since Vitest rewrites `import()` in functions. */
  const join = () =>
    page.evaluate(`(async () => {
      const { joinRoom } = await import("/dormouse.js");
      globalThis.received = [];
      joinRoom("reload").on("message", ({ data }) => received.push(data));
    })()`);
  const received = () => page.evaluate("globalThis.received");
  await page.goto(`${people.service.url}/healthz`);
  await join();
  await expect.poll(() => page.evaluate(() => sessionStorage.length)).toBe(1);
  other.send("before");
  await expect.poll(received).toEqual(["before"]);
  await page.reload();
  other.send("between");
  await expect
    .poll(async () => (await fetch(`${people.service.url}/v1/rooms/reload`).then((r) => r.json())).seq)
    .toBe(2);
  await join();
  other.send("after");
  await expect.poll(received).toEqual(["between", "after"]);
});
