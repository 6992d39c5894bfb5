import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { createElement, StrictMode } from "react";
import { renderToString } from "react-dom/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserContexts, type Contexts } from "../support/browser.ts";
import { type Service, startService } from "../support/service.ts";
import { TestSocket } from "../support/socket.ts";
import { App } from "./react/app.tsx";
import { bundleReact, ReactServer } from "./react/page.ts";

let service: Service;
let browser: Contexts;
let pages: ReactServer;
let script: string;

beforeAll(async () => {
  service = await startService();
  browser = await browserContexts();
  pages = await ReactServer.start();
  script = await bundleReact(await readFile("test/e2e/react/app.tsx", "utf8"));
});
afterAll(async () => {
  await browser?.close();
  pages?.stop();
  await service?.stop();
});

/** Opens a page of somebody new in a room. */
async function open(room: string, query = "", html = "") {
  const context = await browser.newContext();
  return pages.open(context, script, {
    query: `?room=${room}&host=${new URL(service.url).host}&${query}`,
    html,
  });
}

const texts = (page: Page) => page.locator("li").allTextContents();
const live = (page: Page) =>
  page.waitForFunction('document.querySelector("#status")?.textContent === "live"');
const act = (page: Page, expression: string) => page.evaluate(`(async () => (${expression}))()`);
const renders = (page: Page) => page.evaluate("renders") as Promise<Record<string, number>>;

/** A plain socket that publishes texts, in a room. */
async function sayer(room: string) {
  const socket = await TestSocket.open(service.room(room, "?name=Bob"), "dormouse.v1");
  let id = 0;
  return {
    socket,
    say: (text: string) => socket.send({ type: "publish", id: `${room}-${id++}`, data: { text } }),
  };
}

describe("React hooks", () => {
  test("[VIEW-7] open one socket under StrictMode, and close it on unmount", async () => {
    const { page, sockets, open: opened, complaints } = await open("strict");
    await live(page);
    expect(sockets).toHaveLength(1);
    await page.evaluate("setRoom(undefined)");
    await page.waitForSelector("#none");
    await expect.poll(opened).toBe(0);
    await page.evaluate('setRoom("strict-2")');
    await live(page);
    await page.evaluate('setRoom("strict-3")');
    await expect.poll(() => sockets.length).toBe(3);
    await expect.poll(opened).toBe(1);
    expect(complaints).toEqual([]);
  });

  test("[VIEW-7] share one socket between components", async () => {
    const { page, sockets } = await open("shared", "twice");
    await live(page);
    expect(await page.locator("main").count()).toBe(2);
    await act(page, 'actions.publish({ text: "hello" })');
    await expect.poll(() => texts(page)).toEqual(["hello", "hello"]);
    expect(sockets).toHaveLength(1);
  });

  test("[VIEW-7] show a message from its publish on, and keep its element when it settles", async () => {
    const { page } = await open("settle");
    await live(page);
    await page.evaluate('actions.publish({ text: "mine" }, { id: "one" }); undefined');
    await page.waitForSelector("#m-one");
    await page.evaluate('document.querySelector("#m-one").isFirst = true');
    await page.waitForSelector('#m-one[data-status="sent"]');
    expect(await page.evaluate('document.querySelector("#m-one").isFirst')).toBe(true);
  });

  test("[VIEW-7] do not render the list when a member types or changes its state", async () => {
    const { page } = await open("typing");
    await live(page);
    const bob = await sayer("typing");
    bob.say("hello");
    await expect.poll(() => texts(page)).toEqual(["hello"]);
    const before = (await renders(page)).list;
    bob.socket.send({ type: "presence", state: { mood: "fine" } });
    await expect.poll(() => page.textContent("#members")).toContain("fine");
    for (let i = 0; i < 5; i++) bob.socket.send({ type: "signal", data: { typing: true }, key: "typing" });
    await expect.poll(() => page.textContent("#typing")).toBe("Bob");
    expect((await renders(page)).list).toBe(before);
    expect(await page.evaluate("heard.length")).toBeGreaterThan(0);
    // A message ends it at once, and silence after three seconds.
    bob.say("sent");
    await expect.poll(() => page.textContent("#typing")).toBe("");
    bob.socket.send({ type: "signal", data: { typing: true } });
    await expect.poll(() => page.textContent("#typing")).toBe("Bob");
    await expect.poll(() => page.textContent("#typing")).toBe("");
    // The typing signal of this client reaches the others, and not itself.
    await page.click("#type");
    await bob.socket.until("signals");
    expect(await page.textContent("#typing")).toBe("");
  });

  test("[VIEW-7] pass what the server refuses to the caller", async () => {
    const { page } = await open("refused");
    await live(page);
    const refusals = ["edit(999, 'x'.repeat(300_000))", "remove(999)", "publish('x'.repeat(300_000))"];
    for (const call of refusals) {
      const code = await act(page, `actions.${call}.catch(({ code }) => code)`);
      expect(code, call).toMatch(/^(too_big|invalid_event|invalid_target)$/);
    }
    const failed = page.locator('li[data-status="failed"]');
    await expect.poll(() => failed.count()).toBe(1);
  });

  test("[VIEW-7] show 5,000 messages in order, a bounded number at a time, and page back to the first", async () => {
    const total = 5000;
    const { page, complaints } = await open("many", "history=100");
    await live(page);
    const bob = await sayer("many");
    for (let i = 1; i <= total; i++) bob.say(`m${i}`);
    await expect.poll(async () => (await texts(page)).at(-1), { timeout: 60_000 }).toBe(`m${total}`);
    const newest = Array.from({ length: 1000 }, (_, i) => `m${total - 999 + i}`);
    expect(await texts(page)).toEqual(newest);
    expect((await renders(page)).list).toBeLessThan(total);
    // Back to the beginning, and to the end again.
    const seen = new Set(newest);
    while ((await page.getAttribute("ol", "data-older")) === "true") {
      await act(page, "actions.loadOlder(500)");
      await expect.poll(async () => (await texts(page))[0]).not.toBe([...seen].at(-1));
      const shown = await texts(page);
      expect(shown.length).toBeLessThanOrEqual(1000);
      for (const text of shown) seen.add(text);
    }
    expect(seen.size).toBe(total);
    expect((await texts(page))[0]).toBe("m1");
    await act(page, "actions.loadLatest()");
    await expect.poll(async () => (await texts(page)).at(-1)).toBe(`m${total}`);
    expect(complaints).toEqual([]);
  }, 120_000);

  test("[VIEW-7] show one state in each commit while React renders concurrently", async () => {
    const { page } = await open("torn", "counts");
    await live(page);
    const bob = await sayer("torn");
    for (let i = 0; i < 50; i++) {
      bob.say(`m${i}`);
      await page.evaluate("tick()");
    }
    await expect.poll(() => page.getAttribute("#a", "data-length")).toBe("50");
    expect(await page.evaluate("torn")).toBe(0);
  });

  test("[VIEW-7] render on a server, and hydrate what it sent", async () => {
    const html = renderToString(createElement(StrictMode, null, createElement(App)));
    expect(html).toContain('<u id="status">connecting</u>');
    const { page, complaints, sockets } = await open("lobby", "", html);
    await live(page);
    expect(sockets).toHaveLength(1);
    expect(complaints).toEqual([]);
  });
});
