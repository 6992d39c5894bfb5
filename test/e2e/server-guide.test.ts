import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../support/browser.ts";
import { type Step, stepsUnder } from "../support/doc-examples.ts";
import { emptyProject, type Project } from "../support/packed-package.ts";
import type { Dev } from "../support/wrangler-dev.ts";

const steps = stepsUnder("docs/SERVER.md", "Five steps");
const commands = steps.flatMap((step) => ("commands" in step ? step.commands : []));
const INSTALL = "npm install ";

/** The packages that the guide installs. They come from here, so that no test waits for a registry. */
const installed = commands
  .filter((command) => command.startsWith(INSTALL))
  .flatMap((command) => command.slice(INSTALL.length).split(" "))
  .filter((name) => !name.startsWith("-") && name !== "dormouse-rooms");

let project: Project;
let dev: Dev;
let browser: Awaited<ReturnType<typeof launchBrowser>>;

/** Does what a step says. Packages are installed already; the last step is the tests' own. */
async function follow(step: Step): Promise<void> {
  const { folder } = project;
  if ("file" in step) {
    const path = join(folder, step.file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, step.content);
    return;
  }
  for (const command of step.commands)
    if (!/^(?:npm install|npx) /.test(command))
      await promisify(execFile)("sh", ["-c", command], { cwd: folder });
}

beforeAll(async () => {
  project = await emptyProject(installed);
  for (const step of steps) await follow(step);
  dev = await project.dev("/");
  browser = await launchBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await dev?.stop();
  await project?.remove();
});

async function open(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(dev.url);
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.fill("input", text);
  await page.press("input", "Enter");
}

const items = (page: Page) => page.locator("li").allTextContents();

describe("the five steps of docs/SERVER.md, followed as printed", () => {
  test("[API-31] write every file and end with the check of the types and the Worker", () => {
    const files = steps.flatMap((step) => ("file" in step ? [step.file] : []));
    expect(files).toEqual(["src/worker.ts", "wrangler.toml", "tsconfig.json", "public/index.html"]);
    expect(commands.slice(-2)).toEqual(["npx tsc", "npx wrangler dev"]);
  });

  test("[API-31] compile with strict types", async () => {
    await project.typeCheck();
  });

  test("[API-31] end with a page that talks, in two tabs, and tells why a message was refused", async () => {
    const [ada, bob] = [await open(), await open()];
    await say(ada, "  hello  ");
    for (const page of [ada, bob])
      await expect.poll(() => items(page)).toEqual([expect.stringMatching(/^guest-\w+: hello$/)]);
    await say(bob, "buy spam");
    await expect.poll(() => bob.textContent("#status")).toBe("No spam, please.");
    const late = await open();
    await expect.poll(() => items(late)).toEqual([expect.stringMatching(/: hello$/)]);
  });

  test("[API-31] have no page of the deployable service", async () => {
    for (const path of ["/docs", "/realtime/dormouse.js", "/healthz"])
      expect((await fetch(dev.url + path)).status, path).toBe(404);
  });
});
