import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, say, shows } from "../support/people.ts";
import { chooseInRoomMenu } from "../support/room-list.ts";
import { TestSocket } from "../support/socket.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

test("[ORD-1] [PAGE-1] two pages and a plain socket receive each other's messages in the same order", async () => {
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
  expect(await bob.locator(".message.own .message-text").allTextContents()).toEqual(["hello from Bob"]);
  expect(await bob.locator(".message .name").first().textContent()).toBe("Ada");
  expect(wscat.seen).toEqual([
    { text: '{"text":"hello from Ada"}' },
    { text: '{"text":"hello from Bob"}' },
    { text: "hello from a terminal" },
  ]);
});

test("[API-2] [PAGE-1] an open page shows a message that curl posts", async () => {
  const ada = await people.person("posted", "Ada");
  const address = `${people.service.url}/v1/rooms/posted/messages?name=Build`;
  const body = JSON.stringify({ data: { text: "build 7 is out" } });
  const { stdout } = await promisify(execFile)("curl", ["-sS", "--json", body, address]);
  expect(JSON.parse(stdout)).toMatchObject({ messages: [{ seq: 1, dup: false }] });
  await shows(ada, ["build 7 is out"]);
  expect(await ada.locator(".message .name").allTextContents()).toEqual(["Build"]);
});

test("[PAGE-1] the page asks a new user for a name once, and the user can change it", async () => {
  const ada = await people.person("newcomers & co", "");
  expect(await ada.locator("h1").textContent()).toBe("newcomers & co");
  await ada.fill("#my-name", "  ");
  await ada.press("#my-name", "Enter");
  expect(await ada.locator("#my-name:invalid").getAttribute("title")).toBe("Enter your name");
  await ada.fill("#my-name", "Ada");
  await ada.press("#my-name", "Enter");
  await live(ada);
  await say(ada, "first");
  await shows(ada, ["first"]);
  await ada.click(".user-button");
  await ada.fill("#my-name", "Ada the second");
  await ada.press("#my-name", "Enter");
  await live(ada);
  await expect.poll(() => ada.locator(".user-button .name").textContent()).toBe("Ada the second");
  await say(ada, "second");
  await shows(ada, ["first", "second"]);
  expect(await ada.locator(".message .name").allTextContents()).toEqual(["Ada", "Ada the second"]);
  await ada.reload();
  await live(ada);
  await shows(ada, ["first", "second"]);
});

test("[PAGE-1] the sidebar lists visited rooms, and each room keeps its conversation and its draft", async () => {
  const ada = await people.person("here", "Ada");
  await say(ada, "said here");
  await ada.fill("#text", "half a sen");
  await ada.fill(".open-room input", "there");
  await ada.press(".open-room input", "Enter");
  await expect.poll(() => ada.title()).toBe("there · Dormouse");
  await live(ada);
  expect(await ada.inputValue("#text")).toBe("");
  expect(await ada.locator(".room-list a").allTextContents()).toEqual(["there", "here"]);
  await ada.click(".invite-button");
  expect(await ada.inputValue("dialog .copy-field textarea")).toBe(people.address("there"));
  await ada.fill("dialog input", "192.168.1.20");
  // One path command for each dark module.
  await ada.waitForSelector("dialog .qr-code path[d]");
  expect((await ada.getAttribute("dialog .qr-code path", "d"))?.split("M").length).toBeGreaterThan(200);
  await ada.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))");
  await ada.click("dialog .copy-field button");
  await expect.poll(() => ada.textContent("dialog")).toContain("copy it yourself");
  await ada.keyboard.press("Escape");
  await ada.click('.room-list a >> text="here"');
  await shows(ada, ["said here"]);
  expect(await ada.inputValue("#text")).toBe("half a sen");
});

test("[PAGE-1] [PAGE-2] tabs share the list of rooms and the read position", async () => {
  const ada = await people.person("tab one", "Ada");
  const other = await people.says("tab one", []);
  const tab = await ada.context().newPage();
  await tab.goto(people.address("tab two"));
  await live(tab);
  const rooms = (page: Page) => page.locator(".room-list a").allTextContents();
  await expect.poll(() => rooms(ada)).toEqual(["tab two", "tab one"]);
  await ada.click('.room-list a >> text="tab two"');
  await ada.click('.room-list a >> text="tab one"');
  await chooseInRoomMenu(tab, "tab one", "Remove from the list");
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

test("[PAGE-1] Enter sends the message; Shift+Enter and the Enter of an input method do not", async () => {
  const ada = await people.person("keys", "Ada");
  await ada.fill("#text", "one");
  await ada.press("#text", "Shift+Enter");
  await ada.keyboard.type("two");
  expect(await ada.inputValue("#text")).toBe("one\ntwo");
  /** Enter during composition: browsers set `isComposing`, and Safari sets the key code 229. */
  const compose = (init: KeyboardEventInit & { keyCode?: number }) =>
    ada.locator("#text").dispatchEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init });
  await compose({ isComposing: true });
  await compose({ keyCode: 229 });
  expect(await ada.inputValue("#text")).toBe("one\ntwo");
  await ada.press("#text", "Enter");
  await shows(ada, ["one\ntwo"]);
  expect(await ada.inputValue("#text")).toBe("");
  await say(ada, "*so* `x` https://example.org/?a=1&b=2");
  await ada.waitForSelector(".message[data-seq] code");
  const link = ada.locator(".message a");
  expect(await link.getAttribute("href")).toBe("https://example.org/?a=1&b=2");
  expect(await link.getAttribute("rel")).toContain("noopener");
  expect(await ada.locator(".message em, .message code").allTextContents()).toEqual(["so", "x"]);
});

test("[PAGE-9] the page lists the members, the user first and each once, and shows who is typing", async () => {
  const ada = await people.person("together", "Ada");
  const bob = await people.person("together", "Bob the builder");
  const tab = await ada.context().newPage();
  await tab.goto(people.address("together"));
  await live(tab);
  await ada.click(".members-button");
  const members = () => ada.locator(".member-list .name").allTextContents();
  await expect.poll(members).toEqual(["Ada", "Bob the builder"]);
  expect(await ada.locator(".member-list li").first().textContent()).toContain("you");
  expect(await ada.locator(".member-list .avatar").last().textContent()).toBe("BB");
  expect(await ada.getAttribute(".members-button", "aria-label")).toBe("Members: 2 online");
  await bob.locator("#text").pressSequentially("I am ty");
  await expect.poll(() => ada.textContent(".typing-line")).toBe("\u2068Bob the builder\u2069 is typing…");
  expect(await bob.textContent(".typing-line")).toBe("");
  await say(bob, "typed");
  await shows(ada, ["typed"]);
  await expect.poll(() => ada.textContent(".typing-line")).toBe("");
  await bob.locator("#text").pressSequentially("never m");
  await expect.poll(() => ada.textContent(".typing-line")).not.toBe("");
  await bob.fill("#text", "");
  await expect.poll(() => ada.textContent(".typing-line")).toBe("");
  await bob.click(".user-button");
  await bob.fill("#my-name", "Zoë");
  await bob.press("#my-name", "Enter");
  await expect.poll(members).toEqual(["Ada", "Zoë"]);
  await bob.context().close();
  await expect.poll(members, { timeout: 20_000 }).toEqual(["Ada"]);
});
