import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { People, preloaded, say, WATCH_SHIFTS } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

const FENCE = "```";
const DOCUMENT = `# Plan
- first
  1. nested
- [x] done

> a quote
an answer

| a | b |
|---|--:|
| 1 | 2 |

see [the site](https://example.org/x) and https://example.org/y
${FENCE}js
const answer = 42; // yes
${FENCE}`;

const count = (page: Page, selector: string) => page.locator(`.message-text ${selector}`).count();

test("[PAGE-20] a message shows its Markdown, with headings below those of the page and links that tell nothing", async () => {
  const ada = await people.person("markdown", "Ada");
  await people.says("markdown", [DOCUMENT]);
  await ada.waitForSelector(".message-text h3");
  for (const selector of ["ul > li > ol > li", ".task [role=img]", "blockquote > p", "table td.align-right"])
    expect(await count(ada, selector)).toBe(1);
  expect(await ada.locator(".message-text blockquote").textContent()).toBe("a quote");
  const links = await ada
    .locator(".message-text a")
    .evaluateAll((all) =>
      all.map((a) => [a.getAttribute("href"), a.getAttribute("rel"), a.getAttribute("target")]),
    );
  expect(links).toEqual(
    ["x", "y"].map((path) => [`https://example.org/${path}`, "noopener noreferrer nofollow ugc", "_blank"]),
  );
});

test("[PAGE-20] a new message with Markdown moves nothing, and an edit keeps the elements that stay", async () => {
  const ada = await people.person("growing", "Ada");
  await people.says("growing", ["*warm*", "up\n".repeat(19)]);
  await ada.waitForSelector(".message-text em");
  await ada.evaluate(WATCH_SHIFTS);
  await people.says("growing", ["> a quote\n\n# and\n\n1. a list"]);
  await ada.waitForSelector(".message-text li");
  expect(await ada.evaluate("shifted")).toEqual([]);
  await say(ada, "- **one**\n- tw");
  await ada.waitForSelector(".message.own[data-seq] strong");
  await ada.evaluate("globalThis.kept = document.querySelector('.message.own[data-seq] strong')");
  await ada.press("#text", "ArrowUp");
  await ada.waitForSelector(".compose-mode");
  await say(ada, "- **one**\n- two\n- *three*");
  await expect.poll(() => ada.locator(".message.own li").count()).toBe(3);
  expect(await ada.evaluate("kept.isConnected")).toBe(true);
});

test("[PAGE-21] code in view gets its colors without a change of size, and a button copies it", async () => {
  const ada = await people.person("code", "Ada", { permissions: ["clipboard-read", "clipboard-write"] });
  await people.says("code", [`${FENCE}ts\nconst a: number = 1;\n${FENCE}`, `${FENCE}\nplain\n${FENCE}`]);
  await ada.waitForSelector(".token-kwd");
  expect(await ada.locator(".code-block code").first().textContent()).toBe("const a: number = 1;");
  const heights = await ada
    .locator(".code-block")
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
  expect(heights[0]).toBe(heights[1]);
  await ada.locator(".code-block button").first().click();
  await ada.waitForSelector(".notice");
  expect(await ada.evaluate("navigator.clipboard.readText()")).toBe("const a: number = 1;");
});

test("[PAGE-21] code that the highlighter cannot end with leaves the page usable", async () => {
  const ada = await people.person("endless", "Ada");
  const endless = `<a ${"a= ".repeat(3000)}`;
  await people.says("endless", [`${FENCE}xml\n${endless}\n${FENCE}`, `${FENCE}js\nlet b;\n${FENCE}`]);
  await ada.waitForSelector(".token-kwd");
  expect(await count(ada, ".token-var")).toBe(0);
  await say(ada, "still here");
  await ada.waitForSelector(".message.own[data-seq]");
});

test("[PAGE-20] without a network Markdown is shown from the cache, and where its script does not load the text stays", async () => {
  const ada = await people.person("cached", "Ada");
  await people.says("cached", ["**bold**"]);
  await ada.waitForSelector(".message-text strong");
  await preloaded(ada);
  await ada.evaluate("navigator.serviceWorker.ready");
  const paths = await ada.evaluate(async () =>
    (await (await caches.open("dormouse-shell-1")).keys()).map(({ url }) => new URL(url).pathname),
  );
  expect(paths).toEqual(expect.arrayContaining(["/markdown.js", "/highlight.js"]));
  const bob = await people.person("cached", "", { serviceWorkers: "block" });
  await bob.route("**/markdown.js", (route) => route.abort());
  await bob.fill("#my-name", "Bob");
  await bob.press("#my-name", "Enter");
  await bob.waitForSelector(".message-text");
  expect(await bob.textContent(".message-text")).toBe("**bold**");
});
