import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserContexts, type Contexts } from "../support/browser.ts";
import { Network } from "../support/network.ts";
import { type Service, startService } from "../support/service.ts";
import { bundleProgram } from "./client-pages/bundle.ts";
import { type ReactPage, ReactServer } from "./react/page.ts";

let service: Service;
let browser: Contexts;
let pages: ReactServer;
let network: Network;
let script: string;

beforeAll(async () => {
  service = await startService({ PUBLISH_RATE: "0" });
  browser = await browserContexts();
  pages = await ReactServer.start();
  network = await Network.start(() => Number(new URL(service.url).port));
  script = await bundleProgram("tab.ts");
});
afterAll(async () => {
  await browser?.close();
  pages?.stop();
  await network?.stop();
  await service?.stop();
});

type Tab = ReactPage;

/** Opens a tab in a room. Tabs of one context are tabs of one browser. */
async function open(context: BrowserContext, room: string, query = ""): Promise<Tab> {
  const tab = await pages.open(context, script, {
    query: `?host=127.0.0.1:${network.port}&room=${room}&${query}`,
  });
  await live(tab.page);
  return tab;
}

const live = (page: Page) =>
  expect.poll(() => page.evaluate("room.state.status"), { timeout: 25_000 }).toBe("live");
const received = (page: Page) => page.evaluate("received") as Promise<unknown[]>;
const publish = (page: Page, data: unknown) => page.evaluate(`room.publish(${JSON.stringify(data)})`);
/** Publishes without waiting, so that the answer may come long after. */
const publishLater = (page: Page, data: unknown) =>
  page.evaluate(`void room.publish(${JSON.stringify(data)})`);
const openSockets = (tabs: Tab[]) => tabs.reduce((sum, tab) => sum + tab.open(), 0);
const allSockets = (tabs: Tab[]) => tabs.reduce((sum, { sockets }) => sum + sockets.length, 0);

/** The tab that holds the socket, and the others. */
function split(tabs: Tab[]): { leader: Tab; others: Tab[] } {
  const leader = tabs.find((tab) => tab.open() > 0);
  if (leader === undefined) throw new Error("No tab has a socket.");
  return { leader, others: tabs.filter((tab) => tab !== leader) };
}

async function openTabs(
  count: number,
  room: string,
  query = "",
): Promise<{ context: BrowserContext; tabs: Tab[] }> {
  const context = await browser.newContext();
  const tabs: Tab[] = [];
  for (let i = 0; i < count; i++) tabs.push(await open(context, room, query));
  return { context, tabs };
}

/** Every tab has each of these messages once, and all have them in the same order. */
async function eachHasOnce(tabs: Tab[], expected: unknown[]): Promise<void> {
  for (const { page } of tabs)
    await expect
      .poll(async () => (await received(page)).length, { timeout: 25_000 })
      .toBeGreaterThanOrEqual(expected.length);
  const [first, ...rest] = await Promise.all(tabs.map(({ page }) => received(page)));
  expect(first?.map(String).sort()).toEqual(expected.map(String).sort());
  for (const other of rest) expect(other).toEqual(first);
}

describe("tabs that share a socket", () => {
  test("[TABS-1] hold one socket, and each gets every message once and in order", async () => {
    const { tabs } = await openTabs(4, "one-socket");
    expect(allSockets(tabs)).toBe(1);
    const sent: string[] = [];
    for (let round = 0; round < 5; round++) {
      for (const [i, { page }] of tabs.entries()) {
        sent.push(`${round}.${i}`);
        await publish(page, `${round}.${i}`);
      }
    }
    await eachHasOnce(tabs, sent);
    expect(await received((tabs[0] as Tab).page)).toEqual(sent);
    expect(allSockets(tabs)).toBe(1);
    expect(tabs.flatMap(({ complaints }) => complaints)).toEqual([]);
  });

  test("[TABS-1] publish bytes, ask for history, see members and send signals over it", async () => {
    const { tabs } = await openTabs(2, "all-calls");
    const { leader, others } = split(tabs);
    const page = (others[0] as Tab).page;
    await page.evaluate("room.publish(new Uint8Array([1, 2, 255]))");
    await eachHasOnce(tabs, [[1, 2, 255]]);
    const history = await page.evaluate(
      "room.history({ limit: 5 }).then(({ messages }) => messages.map(({ bytes }) => [...bytes]))",
    );
    expect(history).toEqual([[1, 2, 255]]);
    await page.evaluate('room.setState({ mood: "fine" })');
    await expect.poll(() => leader.page.evaluate("room.members.self.state")).toEqual({ mood: "fine" });
    expect(await page.evaluate("room.members.size")).toBe(1);
    await page.evaluate('room.signal("hello")');
    for (const tab of tabs) await expect.poll(() => tab.page.evaluate("signals")).toEqual(["hello"]);
    const refused = await page.evaluate('room.publish("x".repeat(300_000)).catch(({ code }) => code)');
    expect(refused).toBe("too_big");
    expect(allSockets(tabs)).toBe(1);
  });

  test("[TABS-1] give a new tab its history, and a reloaded one what it missed", async () => {
    const { context, tabs } = await openTabs(2, "late", "history=3");
    const first = (tabs[0] as Tab).page;
    for (const text of ["a", "b"]) await publish(first, text);
    await first.evaluate("room.publish(new Uint8Array([7]))");
    for (const text of ["d", "e"]) await publish(first, text);
    const late = await open(context, "late", "history=3");
    await expect.poll(() => received(late.page)).toEqual([[7], "d", "e"]);
    await publish(late.page, "f");
    await expect.poll(() => received(late.page)).toEqual([[7], "d", "e", "f"]);
    expect(await late.page.evaluate("seqs")).toEqual([3, 4, 5, 6]);
    expect(allSockets([...tabs, late])).toBe(1);

    const plain = await openTabs(2, "reloaded");
    const { leader, others } = split(plain.tabs);
    const other = (others[0] as Tab).page;
    await publish(leader.page, "one");
    await expect.poll(() => received(other)).toEqual(["one"]);
    const address = other.url();
    await other.goto("about:blank");
    await publish(leader.page, "two");
    await other.goto(address);
    await live(other);
    await expect.poll(() => received(other)).toEqual(["two"]);
    expect(await other.evaluate("gaps")).toEqual([]);
    expect(allSockets(plain.tabs)).toBe(1);
  });

  test("[TABS-1] a tab that missed more than the others keep resumes over a socket of its own", async () => {
    const { tabs } = await openTabs(2, "far-behind");
    const { leader, others } = split(tabs);
    const other = (others[0] as Tab).page;
    await publish(other, "seen");
    await expect.poll(() => received(other)).toEqual(["seen"]);
    const address = other.url();
    await other.goto("about:blank");
    for (let i = 0; i < 6; i++) await leader.page.evaluate(`room.publish("${i}".repeat(220_000))`);
    await other.goto(address);
    await live(other);
    const starts = () => other.evaluate("received.map((text) => text[0])");
    await expect.poll(starts).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect(await other.evaluate("gaps")).toEqual([]);
    await publish(leader.page, "live");
    await expect.poll(async () => (await received(other)).at(-1)).toBe("live");
  });

  test("[TABS-2] go on when the leader closes, and lose or double no message", async () => {
    const { context, tabs } = await openTabs(4, "closed-leader");
    const outside = await open(await browser.newContext(), "closed-leader");
    const sent: string[] = [];
    let rest = tabs;
    while (rest.length > 1) {
      const { leader, others } = split(rest);
      for (const [i, { page }] of others.entries()) {
        sent.push(`before ${rest.length}.${i}`);
        await publishLater(page, sent.at(-1));
      }
      await leader.page.close();
      sent.push(`meanwhile ${rest.length}`);
      await publishLater(outside.page, sent.at(-1));
      for (const [i, { page }] of others.entries()) {
        sent.push(`after ${rest.length}.${i}`);
        await publishLater(page, sent.at(-1));
      }
      await eachHasOnce([outside, ...others], sent);
      await expect.poll(() => openSockets(others)).toBe(1);
      rest = others;
    }
    const again = await open(context, "closed-leader");
    expect(openSockets([...rest, again])).toBe(1);
    for (const { page } of rest) expect(await page.evaluate("gaps")).toEqual([]);
  });

  test("[TABS-2] go on when the leader hangs, and it follows once it is back", async () => {
    const { tabs } = await openTabs(3, "hung-leader");
    const { leader, others } = split(tabs);
    const hang = leader.page
      .evaluate("{ const end = Date.now() + 12_000; while (Date.now() < end); }")
      .catch(() => {});
    const sent = ["while it hangs", "and more"];
    for (const text of sent) await publish((others[0] as Tab).page, text);
    await eachHasOnce(others, sent);
    await hang;
    await live(leader.page);
    await publish(leader.page, "back");
    await eachHasOnce(tabs, [...sent, "back"]);
    await expect.poll(() => openSockets(tabs)).toBe(1);
    expect(leader.open()).toBe(0);
  }, 90_000);

  test("[TABS-2] go on when the leader is frozen, and it follows once it thaws", async () => {
    const { context, tabs } = await openTabs(3, "frozen-leader");
    const { leader, others } = split(tabs);
    const session = await context.newCDPSession(leader.page);
    await session.send("Page.setWebLifecycleState", { state: "frozen" });
    const sent = ["while it is frozen", "and more"];
    for (const text of sent) await publish((others[0] as Tab).page, text);
    await eachHasOnce(others, sent);
    await session.send("Page.setWebLifecycleState", { state: "active" });
    await live(leader.page);
    await publish(leader.page, "thawed");
    await eachHasOnce(tabs, [...sent, "thawed"]);
    await expect.poll(() => openSockets(tabs)).toBe(1);
  });

  test("[TABS-2] go on when the network fails, over one new socket", async () => {
    const { tabs } = await openTabs(3, "cut");
    await publish((tabs[1] as Tab).page, "before");
    network.unplug();
    for (const { page } of tabs) await page.waitForFunction('room.state.status !== "live"');
    for (const [i, { page }] of tabs.entries()) await publishLater(page, `offline ${i}`);
    network.plug();
    for (const { page } of tabs) await live(page);
    await eachHasOnce(tabs, ["before", "offline 0", "offline 1", "offline 2"]);
    await expect.poll(() => openSockets(tabs)).toBe(1);
    for (const { page } of tabs) expect(await page.evaluate("gaps")).toEqual([]);
  });

  test("[TABS-2] go on when the leader leaves the room", async () => {
    const { tabs } = await openTabs(2, "left");
    const { leader, others } = split(tabs);
    const other = others[0] as Tab;
    await leader.page.evaluate("room.leave()");
    await expect.poll(() => other.open()).toBe(1);
    await live(other.page);
    await publish(other.page, "still here");
    expect(await received(other.page)).toEqual(["still here"]);
    expect(leader.open()).toBe(0);
    await other.page.evaluate("room.leave()");
    await expect.poll(() => openSockets(tabs)).toBe(0);
  });

  test.each([
    ["Web Locks", "Object.defineProperty(navigator, 'locks', { value: undefined })"],
    ["broadcast channels", "delete globalThis.BroadcastChannel"],
  ])("[TABS-3] have a socket each in a browser without %s", async (name, change) => {
    const context = await browser.newContext();
    await context.addInitScript(change);
    const room = `without-${name.replace(" ", "-")}`;
    const tabs = [await open(context, room), await open(context, room)];
    expect(openSockets(tabs)).toBe(2);
    await publish((tabs[0] as Tab).page, "hello");
    await eachHasOnce(tabs, ["hello"]);
    expect(tabs.flatMap(({ complaints }) => complaints)).toEqual([]);
  });

  test("[TABS-3] hold a socket for each room", async () => {
    const context = await browser.newContext();
    const tabs = [await open(context, "room-a"), await open(context, "room-b")];
    expect(openSockets(tabs)).toBe(2);
    await publish((tabs[0] as Tab).page, "only here");
    expect(await received((tabs[1] as Tab).page)).toEqual([]);
    await expect.poll(() => received((tabs[0] as Tab).page)).toEqual(["only here"]);
  });
});
