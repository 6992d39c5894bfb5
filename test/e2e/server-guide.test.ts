import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserContexts, type Contexts } from "../support/browser.ts";
import { blocksOf, type Step, stepsUnder } from "../support/doc-examples.ts";
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

let browser: Contexts;
beforeAll(async () => {
  browser = await browserContexts();
});
afterAll(() => browser?.close());

/** Does what a step says. Packages are installed already; the last step is the tests' own. */
async function follow(step: Step, { folder }: Project): Promise<void> {
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

async function open({ url }: Dev): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.fill("input", text);
  await page.press("input", "Enter");
}

const items = (page: Page) => page.locator("li").allTextContents();

describe("the five steps of docs/SERVER.md, followed as printed", () => {
  let project: Project;
  let dev: Dev;
  beforeAll(async () => {
    project = await emptyProject(installed);
    for (const step of steps) await follow(step, project);
    dev = await project.dev("/");
  }, 120_000);
  afterAll(async () => {
    await dev?.stop();
    await project?.remove();
  });

  test("[API-31] write every file and end with the check of the types and the Worker", () => {
    const files = steps.flatMap((step) => ("file" in step ? [step.file] : []));
    expect(files).toEqual(["src/worker.ts", "wrangler.toml", "tsconfig.json", "public/index.html"]);
    expect(commands.slice(-2)).toEqual(["npx tsc", "npx wrangler dev"]);
  });

  test("[API-31] compile with strict types", async () => {
    await project.typeCheck();
  });

  test("[API-31] end with a page that talks, in two tabs, and tells why a message was refused", async () => {
    const [ada, bob] = [await open(dev), await open(dev)];
    await say(ada, "  hello  ");
    for (const page of [ada, bob])
      await expect.poll(() => items(page)).toEqual([expect.stringMatching(/^guest-[\w-]+: hello$/)]);
    await say(bob, "buy spam");
    await expect.poll(() => bob.textContent("#status")).toBe("No spam, please.");
    const late = await open(dev);
    await expect.poll(() => items(late)).toEqual([expect.stringMatching(/: hello$/)]);
  });

  test("[API-31] have no page of the deployable service", async () => {
    for (const path of ["/docs", "/realtime/dormouse.js", "/healthz"])
      expect((await fetch(dev.url + path)).status, path).toBe(404);
  });
});

describe("the sign-in of docs/SERVER.md, put into the Worker and the page of the five steps", () => {
  let project: Project;
  let dev: Dev;
  beforeAll(async () => {
    const [signIn = "", page = ""] = blocksOf("docs/SERVER.md").filter((block) => block.includes("/login"));
    const contentOf = (name: string) =>
      steps.flatMap((step) => ("file" in step && step.file === name ? [step.content] : [])).join();
    const [roomClass] = /export class [\s\S]*?\n}\n/.exec(contentOf("src/worker.ts")) ?? [];
    const worker = `${signIn}
      import { type Draft, Room } from "dormouse-rooms/server";
      type Env = { CHAT: DurableObjectNamespace<ChatRoom>; SESSION_SECRET: string };
      type Said = { text: string };
      ${roomClass}
      export default app;`;
    const [first = "", ...rest] = page.split("\n");
    const html = contentOf("public/index.html")
      .replace(/^ *import .*/m, first)
      .replace(/^ *const room = .*/m, rest.join("\n"));
    project = await emptyProject(installed);
    for (const step of [
      ...steps,
      { file: "src/worker.ts", content: worker },
      { file: "public/index.html", content: html },
      { file: ".dev.vars", content: "SESSION_SECRET=a secret that only this test uses\n" },
    ])
      await follow(step, project);
    dev = await project.dev("/");
  }, 120_000);
  afterAll(async () => {
    await dev?.stop();
    await project?.remove();
  });

  test("[API-31] compiles with strict types", async () => {
    await project.typeCheck();
  });

  test("[API-31] [ACC-24] lets the page in by its token, and nobody without one", async () => {
    const page = await open(dev);
    await say(page, "hello");
    await expect.poll(() => items(page)).toEqual(["ada: hello"]);
    expect((await fetch(`${dev.url}/realtime/v1/rooms/lobby`)).status).toBe(401);
  });
});
