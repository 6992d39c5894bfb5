import type { BrowserContextOptions, Page } from "playwright-core";
import { expect, onTestFinished, TestRunner } from "vitest";
import { browserContexts, type Contexts } from "./browser.ts";
import { Network } from "./network.ts";
import { type Service, startService } from "./service.ts";
import { TestSocket } from "./socket.ts";

/** The page of a running service, and people who use it, each in a browser of their own behind one network. */
export class People {
  readonly service: Service;
  readonly network: Network;
  readonly #browser: Contexts;
  /** The errors in the consoles of all pages. */
  readonly errors: string[] = [];

  private constructor(service: Service, network: Network, browser: Contexts) {
    this.service = service;
    this.network = network;
    this.#browser = browser;
  }

  /** @param vars settings that replace those of wrangler.toml */
  static async start(vars: Record<string, string> = {}): Promise<People> {
    const service = await startService(vars);
    const network = await Network.start(() => Number(new URL(service.url).port));
    return new People(service, network, await browserContexts());
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.network.stop();
    await this.service.stop();
  }

  /** A page of somebody new, in a room; without a name, before the question for it. It is closed with the test that it was made in. */
  async person(room: string, name: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width: 1100, height: 720 }, ...options });
    if (TestRunner.getCurrentTest() !== undefined) onTestFinished(() => context.close());
    await context.addInitScript((who) => {
      if (who !== "" && localStorage.getItem("dormouse.name") === null)
        localStorage.setItem("dormouse.name", who);
    }, name);
    const page = await context.newPage();
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (line) => {
      if (line.type() === "error") this.errors.push(line.text());
    });
    await page.goto(this.address(room));
    if (name !== "") await live(page);
    return page;
  }

  address(room: string): string {
    return `http://127.0.0.1:${this.network.port}/#${encodeURIComponent(room)}`;
  }

  /** Somebody with another client, who says each of these. */
  async says(room: string, texts: readonly (string | Buffer)[], query = ""): Promise<TestSocket> {
    const socket = await TestSocket.open(this.service.room(room, query));
    for (const text of texts) socket.ws.send(text);
    // A plain socket gets all back that it said.
    for (const _ of texts) await socket.next(20_000);
    return socket;
  }
}

export const live = (page: Page) => page.waitForSelector('#state[data-status="live"]');

/** Waits until the page has loaded what its first view does not need. */
export async function preloaded(page: Page): Promise<void> {
  const isLoaded = () =>
    page.evaluate(() =>
      ["/more.js", "-more.js", "/more.css"].every((end) =>
        performance
          .getEntriesByType("resource")
          .some(({ name, duration }) => name.endsWith(end) && duration > 0),
      ),
    );
  await expect.poll(isLoaded).toBe(true);
}

export const texts = (page: Page) =>
  page.locator(".message:not(.pending, .failed) .message-text").allTextContents();

export async function say(page: Page, text: string): Promise<void> {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
}

/** Opens the settings, which are in the drawer where the window is narrow, and there the frames. */
export async function openFrames(page: Page): Promise<void> {
  const settings = page.locator(".user-button");
  if (!(await settings.first().isVisible())) {
    await page.click(".menu-button");
    await page.waitForSelector("dialog[open]");
  }
  await settings.last().click();
  await page.click(".frames-button");
  await page.waitForSelector(".frames");
}

/** Waits until the page shows just these messages, in this order. */
export async function shows(page: Page, expected: string[]): Promise<void> {
  await expect.poll(() => texts(page)).toEqual(expected);
}

/** Adds up what moved without having been asked to, as browsers count it (Layout Instability API). */
export const WATCH_SHIFTS = `(() => {
  globalThis.shifted = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      shifted.push({ value, what: sources.map(({ node }) => node?.className ?? node?.nodeName) });
    }
  }).observe({ type: "layout-shift" });
})()`;
