import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousIssues } from "../page/axe.ts";
import { MESSAGE_VIEWS } from "../page/message-views.ts";
import { roomViews } from "../page/room-views.ts";
import { UPLOAD_VIEWS } from "../page/upload-views.ts";
import { live, openFrames, People, say, shows } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

/** The views that have a file of their own in test/page. */
async function axeOnViews(page: Page): Promise<void> {
  const mentionList = MESSAGE_VIEWS.filter(({ name }) => name === "mention-list");
  for (const { name, open, close } of [...mentionList, ...roomViews(() => false), ...UPLOAD_VIEWS]) {
    await open(page, people);
    expect(await seriousIssues(page), name).toEqual([]);
    await close(page, people);
  }
}

const MARKDOWN =
  '# A\n- [x] b\n\n> c\n\n| d |\n|---|\n| e |\n```ts\nconst f: number = await g("h", 1); // i\n```';

/** Opens everything that one message has. */
async function axeOnMessageTools(page: Page): Promise<void> {
  const menu = page.locator(".tool-bar > button[popovertarget]").filter({ visible: true });
  const choose = async (icon: string) => {
    await page.locator(".message.own .message-text").first().hover();
    await menu.click();
    await page.waitForSelector(".message-menu:popover-open");
    if (icon === "") return;
    await page.locator(`.message-menu .menu-item:has([href="#icon-${icon}"])`).click();
  };
  await choose("");
  expect(await seriousIssues(page)).toEqual([]);
  await page.locator(".quick-reactions button").first().click();
  await page.waitForSelector(".reactions button");
  await choose("reply");
  await page.waitForSelector(".compose-mode");
  expect(await seriousIssues(page)).toEqual([]);
  await say(page, "an answer");
  await page.locator(".quote").click();
  await page.waitForSelector("[data-highlighted]");
  expect(await seriousIssues(page)).toEqual([]);
  await choose("edit");
  await page.waitForSelector(".compose-mode");
  expect(await seriousIssues(page)).toEqual([]);
  await page.press("#text", "Escape");
  await choose("delete");
  await page.waitForSelector("dialog[open]");
  expect(await seriousIssues(page)).toEqual([]);
}

test.each([
  ["light", "en-US"],
  ["dark", "zh-CN"],
] as const)(
  "[PAGE-5] axe finds no serious issue in the %s theme in %s",
  async (colorScheme, locale) => {
    const room = `axe ${colorScheme}`;
    await people.says(
      room,
      ["hello *you* `code`\n```\nblock\n``` https://example.org/", "😀", MARKDOWN],
      "?name=Plain",
    );
    const ada = await people.person(room, "", { colorScheme, locale });
    expect(await seriousIssues(ada)).toEqual([]);
    await ada.fill("#my-name", "Ada");
    await ada.press("#my-name", "Enter");
    await live(ada);
    await ada.waitForSelector(".token-kwd");
    await say(ada, "mine");
    await say(ada, "x".repeat(300_000));
    await ada.waitForSelector(".message.failed");
    await ada.setInputFiles("input[type=file]", {
      name: "a.png",
      mimeType: "image/png",
      buffer: await ada.screenshot(),
    });
    await ada.waitForSelector(".message:not(.pending) .image-attachment img");
    expect(await seriousIssues(ada)).toEqual([]);
    await ada.click(".members-button");
    await ada.waitForSelector(".side-panel");
    expect(await seriousIssues(ada)).toEqual([]);
    await openFrames(ada);
    await ada.locator(".frame summary").last().click();
    expect(await seriousIssues(ada)).toEqual([]);
    await ada.click(".search-button");
    await ada.fill("[type=search]", "mine");
    await ada.press("[type=search]", "Enter");
    await ada.locator(".search-results button").click();
    await ada.waitForSelector(".search-results [aria-current]");
    expect(await seriousIssues(ada)).toEqual([]);
    for (const button of [".invite-button", ".user-button"]) {
      await ada.click(button);
      await ada.waitForSelector("dialog[open]");
      expect(await seriousIssues(ada)).toEqual([]);
      await ada.keyboard.press("Escape");
      await expect.poll(() => ada.locator("dialog").count()).toBe(0);
    }
    await ada.click(".emoji-picker > button");
    expect(await seriousIssues(ada)).toEqual([]);
    await ada.keyboard.press("Escape");
    await axeOnMessageTools(ada);
    await ada.keyboard.press("Escape");
    await axeOnViews(ada);
  },
  90_000,
);

test("[PAGE-5] the page uses the browser's language and the system's theme until the user chooses others", async () => {
  const ada = await people.person("language", "Ada", { locale: "zh-CN", colorScheme: "dark" });
  expect(await ada.getAttribute("html", "lang")).toBe("zh-CN");
  expect(await ada.textContent("#state")).toBe("已连接");
  const background = () => ada.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await background();
  await ada.click(".user-button");
  await ada.check("input[name=language] >> nth=0");
  await ada.check("input[name=theme] >> nth=1");
  await ada.keyboard.press("Escape");
  await expect.poll(() => ada.textContent("#state")).toBe("Connected");
  const light = await background();
  expect(light).not.toBe(dark);
  await ada.reload();
  await live(ada);
  expect(await ada.getAttribute("html", "lang")).toBe("en");
  expect(await background()).toBe(light);
});

test("[PAGE-5] the keyboard alone reaches every control, and Escape returns the focus", async () => {
  const ada = await people.person("keyboard", "Ada");
  const focused = () =>
    ada.evaluate(
      () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id ?? "",
    );
  await ada.locator(".skip-link").focus();
  await ada.keyboard.press("Enter");
  expect(await focused()).toBe("text");
  await ada.keyboard.type("typed");
  await ada.keyboard.press("Tab");
  expect(await focused()).toBe("Emoji");
  await ada.keyboard.press("Enter");
  await ada.waitForSelector(".popover button:focus");
  await ada.keyboard.press("ArrowRight");
  await ada.keyboard.press("Enter");
  expect(await ada.inputValue("#text")).toBe("typed👎");
  await ada.locator(".emoji-picker > button").focus();
  await ada.keyboard.press("Enter");
  await ada.waitForSelector(".popover button:focus");
  await ada.keyboard.press("Tab");
  expect(await focused()).toBe("Send");
  expect(await ada.locator(".popover").count()).toBe(0);
  await ada.locator("#text").focus();
  await ada.keyboard.press("Enter");
  await shows(ada, ["typed👎"]);
  const visited: string[] = [];
  for (let i = 0; i < 7; i++) {
    await ada.keyboard.press("Shift+Tab");
    visited.push(await focused());
  }
  expect(visited).toEqual([
    "Attach an image or a file",
    // The last message.
    "",
    "Messages",
    expect.stringContaining("Members: "),
    "Invite",
    "Search",
    // The settings.
    "",
  ]);
  await ada.keyboard.press("Tab");
  await ada.keyboard.press("Tab");
  await ada.keyboard.press("Enter");
  await ada.waitForSelector("dialog[open]");
  await ada.keyboard.press("Escape");
  await expect.poll(() => ada.locator("dialog").count()).toBe(0);
  expect(await focused()).toBe("Invite");
});

test("[PAGE-5] the page announces each new message of other members once, and no older ones", async () => {
  await people.says("aloud", ["before"]);
  const ada = await people.person("aloud", "Ada");
  await shows(ada, ["before"]);
  const region = '.visually-hidden[aria-live="polite"]';
  // A screen reader reads the nodes that are added.
  await ada.evaluate(`globalThis.announced = [];
    new MutationObserver((list) => { for (const { addedNodes } of list) for (const { textContent } of addedNodes) announced.push(textContent); })
      .observe(document.querySelector('${region}'), { subtree: true, childList: true });`);
  const announced = () => ada.evaluate("announced");
  expect(await ada.textContent(region)).toBe("");
  const bob = await people.says("aloud", ["ok"], "?name=Bob");
  await expect.poll(announced).toEqual(["Bob: ok"]);
  bob.ws.send("ok");
  await expect.poll(announced).toEqual(["Bob: ok", "Bob: ok"]);
  const both = await fetch(`${people.service.url}/v1/rooms/aloud/messages?name=Zoe`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages: [{ data: "in" }, { data: "one frame" }] }),
  });
  expect(both.status).toBe(201);
  const all = ["Bob: ok", "Bob: ok", "Zoe: in", "Zoe: one frame"];
  await expect.poll(announced).toEqual(all);
  await say(ada, "mine");
  await shows(ada, ["before", "ok", "ok", "in", "one frame", "mine"]);
  expect(await announced()).toEqual(all);
  await say(ada, "x".repeat(300_000));
  await expect
    .poll(() => ada.textContent('.send-error [role="alert"]'))
    .toContain("Not sent: 300 kB is over");
  await expect.poll(() => ada.textContent(region), { timeout: 20_000 }).toBe("");
});

test("[PAGE-5] the page has a manifest with icons, and fits a phone", async () => {
  const ada = await people.person("phone", "Ada", { viewport: { width: 320, height: 640 } });
  const manifest = await fetch(`${people.service.url}/manifest.webmanifest`);
  expect(manifest.headers.get("content-type")).toContain("application/manifest+json");
  for (const { src } of (await manifest.json()).icons as { src: string }[]) {
    const icon = await fetch(`${people.service.url}${src}`);
    expect([icon.status, icon.headers.get("content-type")]).toEqual([
      200,
      src.endsWith(".svg") ? "image/svg+xml" : "image/png",
    ]);
  }
  await people.says("phone", [`${"a".repeat(500)}`, `\`\`\`\n${"b".repeat(500)}\n\`\`\``]);
  await expect.poll(() => ada.locator(".message").count()).toBe(2);
  expect(await ada.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await ada.click(".emoji-picker > button");
  expect((await ada.locator(".popover").boundingBox())?.x).toBeGreaterThan(0);
  await ada.keyboard.press("Escape");
  await ada.click(".menu-button");
  await ada.fill("dialog .open-room input", "pocket");
  await ada.press("dialog .open-room input", "Enter");
  await expect.poll(() => ada.title()).toBe("pocket · Dormouse");
  await expect.poll(() => ada.locator("dialog").count()).toBe(0);
});

test.each([1100, 390])(
  "[PAGE-5] at %i px a panel takes the focus and returns it; the keyboard does not reach what it covers",
  async (width) => {
    const ada = await people.person(`panels ${width}`, "Ada", { viewport: { width, height: 720 } });
    const focused = () =>
      ada.evaluate(
        () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.className,
      );
    for (const close of [() => ada.keyboard.press("Escape"), () => ada.click(".side-panel .icon-button")]) {
      await ada.locator(".members-button").focus();
      await ada.keyboard.press("Enter");
      await expect.poll(focused).toBe("Members");
      if (width < 960) {
        for (let i = 0; i < 4; i++) {
          await ada.keyboard.press("Tab");
          expect(["Close", undefined, "", null]).toContain(await focused());
        }
        await ada.locator(".side-panel").focus();
      }
      await close();
      await expect.poll(focused).toBe("Members: 1 online");
    }
  },
);

test("[PAGE-5] the direction of the message box follows the first letter of its text", async () => {
  const ada = await people.person("direction", "Ada");
  for (const [text, direction] of [
    ["hello", "ltr"],
    ["1, שלום hello", "rtl"],
    ["", "ltr"],
  ] as const) {
    await ada.fill("#text", text);
    expect(await ada.getAttribute("#text", "dir")).toBe(direction);
  }
});
