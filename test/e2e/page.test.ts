import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, say, shows, texts } from "../support/people.ts";
import { TestSocket } from "../support/socket.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

test("[ORD-1] [PAGE-1] two people and a plain socket see each other's messages, in one order", async () => {
  const ada = await people.person("lobby", "Ada");
  const bob = await people.person("lobby", "Bob");
  const wscat = await TestSocket.open(people.service.room("lobby"));
  await say(ada, "hello from Ada");
  await shows(bob, ["hello from Ada"]);
  await say(bob, "hello from Bob");
  await shows(ada, ["hello from Ada", "hello from Bob"]);
  wscat.send("hello from a terminal");
  const all = ["hello from Ada", "hello from Bob", "hello from a terminal"];
  await shows(ada, all);
  await shows(bob, all);
  expect(await bob.locator(".said.own .text").allTextContents()).toEqual(["hello from Bob"]);
  expect(await bob.locator(".said .name").first().textContent()).toBe("Ada");
  expect(wscat.seen).toEqual([
    { text: '{"text":"hello from Ada"}' },
    { text: '{"text":"hello from Bob"}' },
    { text: "hello from a terminal" },
  ]);
});

test("[API-2] [PAGE-1] what is posted with curl reaches an open page", async () => {
  const ada = await people.person("posted", "Ada");
  const address = `${people.service.url}/v1/rooms/posted/messages?name=Build`;
  const body = JSON.stringify({ data: { text: "build 7 is out" } });
  const { stdout } = await promisify(execFile)("curl", ["-sS", "--json", body, address]);
  expect(JSON.parse(stdout)).toMatchObject({ messages: [{ seq: 1, dup: false }] });
  await shows(ada, ["build 7 is out"]);
  expect(await ada.locator(".said .name").allTextContents()).toEqual(["Build"]);
});

test("[PAGE-1] a newcomer is asked for a name once, and can change it", async () => {
  const ada = await people.person("newcomers & co", "");
  expect(await ada.locator("h1").textContent()).toBe("newcomers & co");
  await ada.fill("#my-name", "  ");
  await ada.press("#my-name", "Enter");
  expect(await ada.locator("#my-name:invalid").getAttribute("title")).toBe("What shall others call you?");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await live(ada);
  await say(ada, "first");
  await shows(ada, ["first"]);
  await ada.click(".myself");
  await ada.fill("#my-name", "Ada the second");
  await ada.press("#my-name", "Enter");
  await live(ada);
  await expect.poll(() => ada.locator(".myself .name").textContent()).toBe("Ada the second");
  await say(ada, "second");
  await shows(ada, ["first", "second"]);
  expect(await ada.locator(".said .name").allTextContents()).toEqual(["Ada", "Ada the second"]);
  await ada.reload();
  await live(ada);
  await shows(ada, ["first", "second"]);
});

test("[PAGE-1] rooms that were visited stay at hand, and each keeps its own conversation and draft", async () => {
  const ada = await people.person("here", "Ada");
  await say(ada, "said here");
  await ada.fill("#text", "half a sen");
  await ada.fill(".open-room input", "there");
  await ada.press(".open-room input", "Enter");
  await expect.poll(() => ada.title()).toBe("there · Dormouse");
  await live(ada);
  expect(await ada.inputValue("#text")).toBe("");
  expect(await ada.locator(".rooms a").allTextContents()).toEqual(["there", "here"]);
  await ada.click(".top .icon-button >> nth=1");
  expect(await ada.inputValue("#link")).toBe(people.address("there"));
  // The three marks in the corners, and what lies between them.
  await ada.waitForSelector(".qr path[d]");
  expect((await ada.getAttribute(".qr path", "d"))?.split("M").length).toBeGreaterThan(200);
  await ada.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))");
  await ada.click(".copy button");
  await expect.poll(() => ada.textContent("dialog")).toContain("copy it yourself");
  await ada.keyboard.press("Escape");
  await ada.click('.rooms a >> text="here"');
  await shows(ada, ["said here"]);
  expect(await ada.inputValue("#text")).toBe("half a sen");
});

test("[PAGE-1] [PAGE-2] tabs know of each other's rooms, and of what was read in another one", async () => {
  const ada = await people.person("tab one", "Ada");
  const other = await people.says("tab one", []);
  const tab = await ada.context().newPage();
  await tab.goto(people.address("tab two"));
  await live(tab);
  const rooms = (page: Page) => page.locator(".rooms a").allTextContents();
  await expect.poll(() => rooms(ada)).toEqual(["tab two", "tab one"]);
  await ada.click('.rooms a >> text="tab two"');
  await ada.click('.rooms a >> text="tab one"');
  await tab.locator(".rooms li", { hasText: "tab one" }).hover();
  await tab.click('[aria-label="Take tab one off the list"]');
  expect(await rooms(tab)).toEqual(["tab two"]);
  expect(await rooms(ada)).toContain("tab one");
  await tab.goto(people.address("tab one"));
  await live(tab);
  await ada.evaluate("document.hasFocus = () => false");
  await tab.evaluate("document.hasFocus = () => false");
  other.send("new");
  for (const page of [ada, tab]) await expect.poll(() => page.title()).toBe("(1) tab one · Dormouse");
  await tab.evaluate("delete document.hasFocus; dispatchEvent(new Event('focus'))");
  for (const page of [ada, tab]) await expect.poll(() => page.title()).toBe("tab one · Dormouse");
});

test("[PAGE-1] Enter sends; Shift+Enter and the Enter of an input method do not", async () => {
  const ada = await people.person("keys", "Ada");
  await ada.fill("#text", "one");
  await ada.press("#text", "Shift+Enter");
  await ada.keyboard.type("two");
  expect(await ada.inputValue("#text")).toBe("one\ntwo");
  /** A key of an input method, as browsers send it: with `isComposing`, or (Safari) with the key code 229. */
  const compose = (init: KeyboardEventInit & { keyCode?: number }) =>
    ada.locator("#text").dispatchEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init });
  await compose({ isComposing: true });
  await compose({ keyCode: 229 });
  expect(await ada.inputValue("#text")).toBe("one\ntwo");
  await ada.press("#text", "Enter");
  await shows(ada, ["one\ntwo"]);
  expect(await ada.inputValue("#text")).toBe("");
  await say(ada, "*so* `x` https://example.org/?a=1&b=2");
  const link = ada.locator(".said a");
  expect(await link.getAttribute("href")).toBe("https://example.org/?a=1&b=2");
  expect(await link.getAttribute("rel")).toContain("noopener");
  expect(await ada.locator(".said em, .said code").allTextContents()).toEqual(["so", "x"]);
});

test("[ORD-3] [PAGE-3] a reloaded page and one whose network was away show every message once", async () => {
  const ada = await people.person("tunnel", "Ada");
  const other = await TestSocket.open(people.service.room("tunnel"));
  await say(ada, "one");
  await shows(ada, ["one"]);
  await ada.reload();
  await live(ada);
  await shows(ada, ["one"]);

  // The browser is told, and the connection stalls without a word, as when a cable is pulled.
  for (const leg of people.network.legs) leg.stall();
  await ada.context().setOffline(true);
  await ada.waitForSelector('#state[data-status="offline"]');
  other.send("two");
  await say(ada, "three");
  expect(await ada.locator(".said.pending .text").allTextContents()).toEqual(["three"]);
  await ada.context().setOffline(false);
  await live(ada);
  await shows(ada, ["one", "two", "three"]);

  // Nobody is told, and connections are reset and refused, as when a server is replaced.
  people.network.unplug();
  await ada.waitForSelector('#state[data-status="waiting"]');
  other.send("four");
  await say(ada, "five");
  people.network.plug();
  await ada.click("#state button");
  await live(ada);
  await shows(ada, ["one", "two", "three", "four", "five"]);
});

test("[RES-1] [PAGE-3] what is on its way is not lost when one changes name or room", async () => {
  const ada = await people.person("rename", "Ada");
  people.network.unplug();
  await ada.waitForSelector('#state[data-status="waiting"]');
  await say(ada, "before the new name");
  await ada.click(".myself");
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

test("[PAGE-3] [PAGE-8] without a network the page opens, says so, keeps draft and messages, and sends them once", async () => {
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
  await expect.poll(() => ada.locator(".said.pending").count()).toBe(2);
  await ada.fill("#text", "and a draf");
  await ada.reload();
  await ada.waitForSelector('#state[data-status="waiting"]');
  expect(await ada.locator(".said.pending .text").allTextContents()).toEqual(["said in the woods"]);
  expect(await ada.locator(".said.pending .file").count()).toBe(1);
  expect(await ada.inputValue("#text")).toBe("and a draf");
  await ada.context().setOffline(true);
  await ada.waitForSelector('#state[data-status="offline"]');
  expect(await ada.textContent("#state")).toContain("You are offline");
  await ada.context().setOffline(false);
  people.network.plug();
  await live(ada);
  await shows(ada, ["said in the woods"]);
  await expect.poll(() => ada.locator(".said.pending").count()).toBe(0);
  await ada.reload();
  await live(ada);
  await shows(ada, ["said in the woods"]);
  expect(await ada.locator(".said .file").count()).toBe(1);
});

test("[PAGE-8] what the service worker keeps is not used, and is replaced, where the network answers", async () => {
  const ada = await people.person("deploy", "Ada");
  await ada.evaluate("navigator.serviceWorker.ready");
  await expect.poll(() => ada.evaluate("navigator.serviceWorker.controller !== null")).toBe(true);
  /** The script that is kept: an old one, which a deploy has replaced. */
  const kept = () => ada.evaluate("caches.match('/app.js').then((kept) => kept.text())");
  await ada.evaluate(`caches.keys().then(([name]) => caches.open(name))
    .then((cache) => cache.put("/app.js", new Response("throw 'old'")))`);
  expect(await kept()).toBe("throw 'old'");
  await ada.reload();
  await live(ada);
  await expect.poll(kept).not.toBe("throw 'old'");
});

test("[RES-1] a page that imports /dormouse.js and keeps no history goes on after a reload where it was", async () => {
  const page = await people.person("elsewhere", "");
  const other = await TestSocket.open(people.service.room("reload"));
  /** What a page's script would do: join, and keep what arrives. As text, since Vitest rewrites an `import()` of its own. */
  const enter = () =>
    page.evaluate(`(async () => {
      const { joinRoom } = await import("/dormouse.js");
      globalThis.seen = [];
      joinRoom("reload").on("message", ({ data }) => seen.push(data));
    })()`);
  const seen = () => page.evaluate("globalThis.seen");
  await page.goto(`${people.service.url}/healthz`);
  await enter();
  await expect.poll(() => page.evaluate(() => sessionStorage.length)).toBe(1);
  other.send("before");
  await expect.poll(seen).toEqual(["before"]);
  await page.reload();
  other.send("between");
  await expect
    .poll(async () => (await fetch(`${people.service.url}/v1/rooms/reload`).then((r) => r.json())).seq)
    .toBe(2);
  await enter();
  other.send("after");
  await expect.poll(seen).toEqual(["between", "after"]);
});

test("[PAGE-9] who is here is shown, oneself first, all of one's tabs as one; and who is typing", async () => {
  const ada = await people.person("together", "Ada");
  const bob = await people.person("together", "Bob the builder");
  const tab = await ada.context().newPage();
  await tab.goto(people.address("together"));
  await live(tab);
  await ada.click(".with-count");
  const here = () => ada.locator(".people .name").allTextContents();
  await expect.poll(here).toEqual(["Ada", "Bob the builder"]);
  expect(await ada.locator(".people li").first().textContent()).toContain("you");
  expect(await ada.locator(".people .avatar").last().textContent()).toBe("BB");
  expect(await ada.getAttribute(".with-count", "aria-label")).toBe("People: 2 here");
  await bob.locator("#text").pressSequentially("I am ty");
  await expect.poll(() => ada.textContent(".typing")).toBe("\u2068Bob the builder\u2069 is typing…");
  expect(await bob.textContent(".typing")).toBe("");
  await say(bob, "typed");
  await shows(ada, ["typed"]);
  await expect.poll(() => ada.textContent(".typing")).toBe("");
  await bob.locator("#text").pressSequentially("never m");
  await expect.poll(() => ada.textContent(".typing")).not.toBe("");
  await bob.fill("#text", "");
  await expect.poll(() => ada.textContent(".typing")).toBe("");
  await bob.click(".myself");
  await bob.fill("#my-name", "Zoë");
  await bob.press("#my-name", "Enter");
  await expect.poll(here).toEqual(["Ada", "Zoë"]);
  await bob.context().close();
  await expect.poll(here, { timeout: 20_000 }).toEqual(["Ada"]);
});
