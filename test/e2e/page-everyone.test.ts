import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, say, shows } from "../support/people.ts";

let people: People;
let axe: string;
beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  people = await People.start();
});
afterAll(() => people?.stop());

type Finding = { id: string; impact: string; nodes: { html: string }[] };

/** What axe finds that is serious: WCAG 2.2 A and AA, and its own advice. */
async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const findings = await page.evaluate<Finding[]>("axe.run().then(({ violations }) => violations)");
  return findings
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}

test.each([
  ["light", "en-US"],
  ["dark", "zh-CN"],
] as const)(
  "[PAGE-5] axe finds no serious issue, in the %s theme, in %s",
  async (colorScheme, locale) => {
    const room = `axe ${colorScheme}`;
    await people.says(
      room,
      ["hello *you* `code`\n```\nblock\n``` https://example.org/", "😀"],
      "?name=Plain",
    );
    const ada = await people.person(room, "", { colorScheme, locale });
    expect(await serious(ada)).toEqual([]);
    await ada.fill("#my-name", "Ada");
    await ada.press("#my-name", "Enter");
    await live(ada);
    await say(ada, "mine");
    await say(ada, "x".repeat(300_000));
    await ada.waitForSelector(".said.failed");
    await ada.setInputFiles("input[type=file]", {
      name: "a.png",
      mimeType: "image/png",
      buffer: await ada.screenshot(),
    });
    await ada.waitForSelector(".said:not(.pending) .image img");
    expect(await serious(ada)).toEqual([]);
    for (const button of [".with-count", ".top .icon-button:last-child"]) {
      await ada.click(button);
      if (button !== ".with-count") await ada.locator(".frame summary").last().click();
      await ada.waitForSelector(".beside");
      expect(await serious(ada)).toEqual([]);
    }
    for (const button of [".top .icon-button >> nth=1", ".myself"]) {
      await ada.click(button);
      await ada.waitForSelector("dialog[open]");
      expect(await serious(ada)).toEqual([]);
      await ada.keyboard.press("Escape");
      await expect.poll(() => ada.locator("dialog").count()).toBe(0);
    }
    await ada.click(".emoji-picker > button");
    expect(await serious(ada)).toEqual([]);
  },
  90_000,
);

test("[PAGE-5] the page speaks the reader's language and wears the theme of the system, until told otherwise", async () => {
  const ada = await people.person("tongues", "Ada", { locale: "zh-CN", colorScheme: "dark" });
  expect(await ada.getAttribute("html", "lang")).toBe("zh-CN");
  expect(await ada.textContent("#state")).toBe("已连接");
  const ground = () => ada.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await ada.click(".myself");
  await ada.check("input[name=language] >> nth=0");
  await ada.check("input[name=theme] >> nth=1");
  await ada.keyboard.press("Escape");
  expect(await ada.textContent("#state")).toBe("Connected");
  const light = await ground();
  expect(light).not.toBe(dark);
  await ada.reload();
  await live(ada);
  expect(await ada.getAttribute("html", "lang")).toBe("en");
  expect(await ground()).toBe(light);
});

test("[PAGE-5] everything is reached by the keyboard alone, and Escape leads back", async () => {
  const ada = await people.person("keyboard", "Ada");
  const focused = () =>
    ada.evaluate(
      () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id ?? "",
    );
  await ada.locator(".skip").focus();
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
  const walk: string[] = [];
  for (let i = 0; i < 6; i++) {
    await ada.keyboard.press("Shift+Tab");
    walk.push(await focused());
  }
  expect(walk).toEqual([
    "Attach an image or a file",
    "Messages",
    "Frames",
    expect.stringContaining("People: "),
    "Invite",
    expect.stringMatching(/^(Ada|)$/),
  ]);
  await ada.keyboard.press("Tab");
  await ada.keyboard.press("Enter");
  await ada.waitForSelector("dialog[open]");
  await ada.keyboard.press("Escape");
  await expect.poll(() => ada.locator("dialog").count()).toBe(0);
  expect(await focused()).toBe("Invite");
});

test("[PAGE-5] what others say is announced, each message once, and what was said before is not", async () => {
  await people.says("aloud", ["before"]);
  const ada = await people.person("aloud", "Ada");
  await shows(ada, ["before"]);
  const region = '.hidden[aria-live="polite"]';
  // What is added is what is read out.
  await ada.evaluate(`globalThis.spoken = [];
    new MutationObserver((list) => { for (const { addedNodes } of list) for (const { textContent } of addedNodes) spoken.push(textContent); })
      .observe(document.querySelector('${region}'), { subtree: true, childList: true });`);
  const spoken = () => ada.evaluate("spoken");
  expect(await ada.textContent(region)).toBe("");
  const bob = await people.says("aloud", ["ok"], "?name=Bob");
  await expect.poll(spoken).toEqual(["Bob: ok"]);
  bob.ws.send("ok");
  await expect.poll(spoken).toEqual(["Bob: ok", "Bob: ok"]);
  const both = await fetch(`${people.service.url}/v1/rooms/aloud/messages?name=Zoe`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages: [{ data: "in" }, { data: "one frame" }] }),
  });
  expect(both.status).toBe(201);
  const all = ["Bob: ok", "Bob: ok", "Zoe: in", "Zoe: one frame"];
  await expect.poll(spoken).toEqual(all);
  await say(ada, "mine");
  await shows(ada, ["before", "ok", "ok", "in", "one frame", "mine"]);
  expect(await spoken()).toEqual(all);
  await say(ada, "x".repeat(300_000));
  await expect.poll(() => ada.textContent('.why [role="alert"]')).toContain("Not sent: It has 300 kB");
  await expect.poll(() => ada.textContent(region), { timeout: 20_000 }).toBe("");
});

test("[PAGE-5] it can be installed, and fits a phone", async () => {
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
  await expect.poll(() => ada.locator(".said").count()).toBe(2);
  expect(await ada.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await ada.click(".emoji-picker > button");
  expect((await ada.locator(".popover").boundingBox())?.x).toBeGreaterThan(0);
  await ada.keyboard.press("Escape");
  await ada.click(".only-narrow");
  await ada.fill("dialog .open-room input", "pocket");
  await ada.press("dialog .open-room input", "Enter");
  await expect.poll(() => ada.title()).toBe("pocket · Dormouse");
  await expect.poll(() => ada.locator("dialog").count()).toBe(0);
});

test.each([1100, 390])(
  "[PAGE-5] a panel gives the focus back, at a width of %i, and what it covers is out of reach",
  async (width) => {
    const ada = await people.person(`panels ${width}`, "Ada", { viewport: { width, height: 720 } });
    const focused = () =>
      ada.evaluate(
        () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.className,
      );
    for (const close of [() => ada.keyboard.press("Escape"), () => ada.click(".beside .icon-button")]) {
      await ada.locator(".with-count").focus();
      await ada.keyboard.press("Enter");
      await expect.poll(focused).toBe("People");
      if (width < 960) {
        for (let i = 0; i < 4; i++) {
          await ada.keyboard.press("Tab");
          expect(["Close", undefined, "", null]).toContain(await focused());
        }
        await ada.locator(".beside").focus();
      }
      await close();
      await expect.poll(focused).toBe("People: 1 here");
    }
  },
);

test("[PAGE-5] the message box runs the way its text does, by the beginning of it", async () => {
  const ada = await people.person("ways", "Ada");
  for (const [text, way] of [
    ["hello", "ltr"],
    ["1, שלום hello", "rtl"],
    ["", "ltr"],
  ] as const) {
    await ada.fill("#text", text);
    expect(await ada.getAttribute("#text", "dir")).toBe(way);
  }
});

test("[PAGE-4] the drawer shows frames in and out, the bits of their headers, and what it cannot know", async () => {
  const ada = await people.person("wire", "Ada");
  await ada.click(".top .icon-button:last-child");
  await say(ada, "seen on the wire");
  const sent = ada.locator(".frame.sent.text", { hasText: "seen on the wire" });
  await sent.locator("summary").click();
  await sent.locator(".bits").waitFor();
  const bits = await sent.locator(".bits code").allTextContents();
  expect(bits.slice(0, 6)).toEqual(["1", "0", "0", "0", "0001", "1"]);
  const payload = (await sent.locator("pre").textContent()) ?? "";
  expect(JSON.parse(payload)).toMatchObject({ type: "publish", data: { text: "seen on the wire" } });
  expect(Number.parseInt(bits[6] ?? "", 2)).toBe(Buffer.byteLength(payload));
  expect(bits[7]).toBe("???????? ???????? ???????? ????????");
  const received = ada.locator(".frame.received.text", { hasText: "seen on the wire" });
  await received.locator("summary").click();
  await received.locator(".bits").waitFor();
  expect((await received.locator(".bits code").allTextContents()).slice(4, 6)).toEqual(["0001", "0"]);
  await ada.setInputFiles("input[type=file]", {
    name: "a",
    mimeType: "text/plain",
    buffer: Buffer.alloc(500),
  });
  const binary = ada.locator(".frame.sent.binary");
  await binary.locator("summary").click();
  await binary.locator(".bits").waitFor();
  expect((await binary.locator(".bits code").allTextContents()).slice(4, 7)).toEqual([
    "0010",
    "1",
    "1111110",
  ]);
  expect(await ada.locator(".frame.open").textContent()).not.toContain(
    await ada.evaluate(() => localStorage.getItem("dormouse.guest") ?? ""),
  );
  await ada.evaluate("dispatchEvent(new Event('online'))");
  await ada.waitForSelector(".frame.sent.heartbeat");
  await ada.waitForSelector(".frame.received.heartbeat");
  for (const leg of people.network.legs) leg.cut();
  await ada.waitForSelector(".frame.lost");
  expect(await ada.textContent(".frames")).toContain("Masking keys");
  expect(await ada.locator(".opcodes tbody tr").count()).toBe(8);
});
