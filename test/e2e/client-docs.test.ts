import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserContexts, type Contexts } from "../support/browser.ts";
import { blockUnder } from "../support/doc-examples.ts";
import { Network } from "../support/network.ts";
import { type Service, startService } from "../support/service.ts";
import { bundleReact, ReactServer } from "./react/page.ts";

const DOCS = "docs/CLIENT.md";

let service: Service;
let browser: Contexts;
let pages: ReactServer;
let network: Network;

beforeAll(async () => {
  service = await startService();
  browser = await browserContexts();
  pages = await ReactServer.start();
  network = await Network.start(() => Number(new URL(service.url).port));
});
afterAll(async () => {
  await browser?.close();
  pages?.stop();
  await network?.stop();
  await service?.stop();
});

const host = () => new URL(service.url).host;
const items = (page: Page) => page.locator("li").allTextContents();

/** Opens a page of somebody new. */
async function open(script: string, query = "", html = "") {
  const { page, complaints } = await pages.open(await browser.newContext(), script, { query, html });
  return { page, complaints };
}

async function say(page: Page, text: string): Promise<void> {
  await page.fill("input", text);
  await page.press("input", "Enter");
}

describe("the programs of docs/CLIENT.md", () => {
  test("[VIEW-8] the page in plain JavaScript is a chat", async () => {
    const html = blockUnder(DOCS, "In a page", "###")
      .replace("https://rooms.example.com", service.url)
      .replace("rooms.example.com", host())
      .replace('"lobby"', '"lobby in JavaScript"');
    expect(html).toContain("/dormouse.js");
    const ada = await open("", "", html);
    const bob = await open("", "", html);
    await say(ada.page, "hello");
    await expect.poll(() => items(bob.page)).toEqual(["Ada: hello"]);
    await say(bob.page, "hello, too");
    await expect.poll(() => items(ada.page)).toEqual(["Ada: hello", "Ada: hello, too"]);
    await expect.poll(() => ada.page.locator("li.sent").count()).toBe(2);
    expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  });

  test("[VIEW-8] the chat in React has history, pending messages, presence and typing, in under 40 lines", async () => {
    const code = blockUnder(DOCS, "In React", "###");
    expect(code.split("\n").length).toBeLessThan(40);
    const script = await bundleReact(`${code}
      import { StrictMode } from "react";
      import { createRoot } from "react-dom/client";
      const query = new URLSearchParams(location.search);
      const chat = <ChatRoom host={query.get("host")} name={query.get("name")} />;
      createRoot(document.querySelector("#root")).render(<StrictMode>{chat}</StrictMode>);`);
    const join = (name: string, via = host()) => open(script, `?host=${via}&name=${name}`);
    const ada = await join("Ada");
    await expect.poll(() => ada.page.textContent("header")).toBe("live: Ada");
    await say(ada.page, "one");
    await expect.poll(() => items(ada.page)).toContain("Ada: one");
    await expect.poll(() => ada.page.locator("li.sent").count()).toBeGreaterThan(0);

    const bob = await join("Bob", `127.0.0.1:${network.port}`);
    await expect.poll(() => ada.page.textContent("header")).toBe("live: Ada, Bob");
    await expect.poll(() => items(bob.page)).toContain("Ada: one");
    await bob.page.fill("input", "half a sen");
    await expect.poll(() => ada.page.textContent("footer")).toBe("Bob is typing");
    await say(bob.page, "two");
    await expect.poll(() => ada.page.textContent("footer")).toBe("");
    await expect.poll(async () => (await items(ada.page)).at(-1)).toBe("Bob: two");

    network.unplug();
    await expect.poll(() => bob.page.textContent("header")).toMatch(/^(waiting|connecting)/);
    await say(bob.page, "three");
    expect(await bob.page.locator("li.sending").allTextContents()).toEqual(["Bob: three"]);
    network.plug();
    await expect.poll(() => bob.page.locator("li.sending").count()).toBe(0);
    expect(ada.complaints).toEqual([]);
  });
});
