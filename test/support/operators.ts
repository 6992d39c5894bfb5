import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { type Service, startService } from "./service.ts";
import { ALL, SECRET, token } from "./tokens.ts";

/** The claims of an operator's token. */
export const OPERATOR = { sub: "operator", name: "Operator", rooms: ["*"], can: ALL };

/** A running service, and operators who use its admin page, each in a browser of their own. */
export class Operators {
  readonly service: Service;
  readonly #browser: Browser;
  /** The errors in the consoles of the pages. A call that the service refuses is logged by the browser, and is not one. */
  readonly errors: string[] = [];

  private constructor(service: Service, browser: Browser) {
    this.service = service;
    this.#browser = browser;
  }

  /** @param vars settings that replace those of wrangler.toml */
  static async start(vars: Record<string, string> = {}): Promise<Operators> {
    const [service, browser] = await Promise.all([
      startService({ AUTH_SECRET: SECRET, ...vars }, "test/support/reporter/worker.ts"),
      launchBrowser(),
    ]);
    return new Operators(service, browser);
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.service.stop();
  }

  /** The admin page before the sign-in. */
  async visit(hash = "", options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: "en-GB",
      reducedMotion: "reduce",
      ...options,
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (line) => {
      if (line.type() === "error" && !line.text().startsWith("Failed to load resource"))
        this.errors.push(line.text());
    });
    await page.goto(`${this.service.url}/admin${hash}`);
    return page;
  }

  /** The same after the sign-in, in a view. */
  async operator(hash = "", options: BrowserContextOptions = {}, claims: object = OPERATOR): Promise<Page> {
    const page = await this.visit(hash, options);
    await enter(page, this.token(claims));
    await page.waitForSelector(".admin");
    return page;
  }

  /** The token of an operator. */
  token(claims: object = OPERATOR): string {
    return token({ ...claims });
  }

  /** Calls the API as an operator. */
  async call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token()}`, "content-type": "application/json" };
    return await fetch(this.service.url + path, { ...init, headers });
  }

  async publish(room: string, ...data: unknown[]): Promise<void> {
    const body = JSON.stringify({ messages: data.map((each) => ({ data: each })) });
    const answer = await this.call(`/v1/rooms/${encodeURIComponent(room)}/messages`, {
      method: "POST",
      body,
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
}

/** Signs in with a pasted token. */
export async function enter(page: Page, credential: string): Promise<void> {
  await page.fill("#token", credential);
  await page.press("#token", "Enter");
}
