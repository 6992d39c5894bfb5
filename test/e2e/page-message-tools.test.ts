import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deleteMessage, messageRow as row, showTools, useTool } from "../support/message-tools.ts";
import { live, People, say, shows, texts } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

/** Wide enough for a button for each tool. */
const WIDE = { viewport: { width: 1280, height: 800 } };

const use = (page: Page, text: string, tool: string) => useTool(row(page, text), tool);

describe("message tools", () => {
  test("[PAGE-14] the author edits and deletes a message, and everyone sees it", async () => {
    const ada = await people.person("edit", "Ada", WIDE);
    const bob = await people.person("edit", "Bob", WIDE);
    for (const text of ["one", "helo", "three"]) await say(ada, text);
    await shows(bob, ["one", "helo", "three"]);
    await ada.fill("#text", "a draft");
    await use(ada, "helo", "Edit");
    expect(await ada.inputValue("#text")).toBe("helo");
    await ada.press("#text", "Escape");
    await expect.poll(() => ada.inputValue("#text")).toBe("a draft");
    await use(ada, "helo", "Edit");
    await ada.fill("#text", "hello");
    await ada.press("#text", "Enter");
    await shows(bob, ["one", "hello", "three"]);
    expect(await row(bob, "hello").textContent()).toContain("edited");
    await expect.poll(() => ada.inputValue("#text")).toBe("a draft");
    const tools = await showTools(row(bob, "hello"));
    expect(await tools.getByRole("button", { name: /Edit|Delete/ }).count()).toBe(0);
    await use(ada, "hello", "Delete");
    await ada.waitForSelector("dialog[open]");
    await ada.keyboard.press("Escape");
    await expect.poll(() => ada.locator("dialog").count()).toBe(0);
    expect(await texts(ada)).toEqual(["one", "hello", "three"]);
    await deleteMessage(row(ada, "hello"));
    await shows(bob, ["one", "three"]);
    expect(await bob.locator(".message").nth(1).textContent()).toContain("This message was deleted.");
    expect(people.errors).toEqual([]);
  });

  test("[PAGE-14] arrow-up in an empty message box edits the user's last message", async () => {
    const ada = await people.person("arrow", "Ada", WIDE);
    await say(ada, "mine");
    await shows(ada, ["mine"]);
    await people.says("arrow", ["of another"]);
    await shows(ada, ["mine", "of another"]);
    await ada.press("#text", "ArrowUp");
    await expect.poll(() => ada.inputValue("#text")).toBe("mine");
    await ada.fill("#text", "mine!");
    await ada.press("#text", "Enter");
    await shows(ada, ["mine!", "of another"]);
  });

  test("[PAGE-14] [PAGE-5] the keyboard reaches each message and its tools, and Escape leads back", async () => {
    const ada = await people.person("keys", "Ada", WIDE);
    for (const text of ["first", "second"]) await say(ada, text);
    await shows(ada, ["first", "second"]);
    const focused = () =>
      ada.evaluate(() => {
        const { activeElement } = document;
        return activeElement?.getAttribute("aria-label") ?? activeElement?.textContent ?? "";
      });
    await ada.locator(".timeline").focus();
    await ada.keyboard.press("Tab");
    expect(await focused()).toContain("second");
    await ada.waitForSelector(".message:focus .tool-bar");
    await ada.keyboard.press("ArrowUp");
    expect(await focused()).toContain("first");
    await ada.waitForSelector(".message:focus .tool-bar");
    await ada.keyboard.press("Tab");
    expect(await focused()).toBe("React");
    await ada.keyboard.press("Enter");
    await expect.poll(focused).toBe("React with 👍");
    await ada.keyboard.press("Escape");
    await expect.poll(focused).toBe("React");
    await ada.keyboard.press("ArrowRight");
    expect(await focused()).toBe("Reply");
    await ada.keyboard.press("Escape");
    expect(await focused()).toContain("first");
    await ada.keyboard.press("Escape");
    expect(await ada.evaluate(() => document.activeElement?.id)).toBe("text");
  });

  test("[PAGE-14] on a phone a long press opens the menu and clicks nothing, and a button after a tap opens it, too", async () => {
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
    const ada = await people.person("phone tools", "Ada", phone);
    await people.says("phone tools", ["press me", "tap me"]);
    await shows(ada, ["press me", "tap me"]);
    const touch = await ada.context().newCDPSession(ada);
    const isPressed = () => row(ada, "press me").locator(".tool-bar").isVisible();
    await ada.evaluate(
      "globalThis.clicks = 0; for (const type of ['mousedown', 'click']) addEventListener(type, () => clicks++, true)",
    );
    await touch.send("Emulation.setCPUThrottlingRate", { rate: 6 });
    const box = await row(ada, "press me").boundingBox();
    const point = { x: (box?.x ?? 0) + 120, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
    await expect.poll(isPressed).toBe(true);
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await ada.waitForSelector(".message-menu:popover-open");
    await touch.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    // A click where the finger was would hit the menu, or close it.
    expect(await ada.evaluate("clicks")).toBe(0);
    await ada.getByRole("button", { name: "React with ❤️" }).tap();
    await expect.poll(() => row(ada, "press me").locator(".reactions").textContent()).toBe("❤️ 1");
    await row(ada, "tap me").locator(".message-text").tap();
    await row(ada, "tap me").getByRole("button", { name: "Message actions" }).tap();
    await ada.locator(".message-menu").getByRole("button", { name: "Reply" }).tap();
    await expect.poll(() => ada.textContent(".compose-mode")).toContain("tap me");
  });

  test("[PAGE-14] copies a link to a message, and shows the link if the browser does not allow that", async () => {
    const ada = await people.person("copy @ work", "Ada", WIDE);
    await say(ada, "worth a link");
    await shows(ada, ["worth a link"]);
    await ada.evaluate(`globalThis.copies = [];
      Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => { copies.push(text); } } });`);
    await use(ada, "worth a link", "Copy a link");
    await expect.poll(() => ada.textContent(".notice")).toBe("Copied.");
    await expect.poll(() => ada.locator(".notice").count()).toBe(0);
    const link = `${new URL(ada.url()).origin}/#copy%20%40%20work@1`;
    expect(await ada.evaluate("copies")).toEqual([link]);
    await ada.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))");
    await use(ada, "worth a link", "Copy a link");
    await expect.poll(() => ada.textContent(".notice")).toContain(link);
  });
});

describe("operations that fail", () => {
  test("[PAGE-18] without a connection an edit keeps its text, and the page says that it was not made", async () => {
    const ada = await people.person("offline edit", "Ada", WIDE);
    await say(ada, "before");
    await shows(ada, ["before"]);
    await use(ada, "before", "Edit");
    people.network.unplug();
    await ada.waitForSelector('#state:not([data-status="live"])');
    await ada.fill("#text", "after");
    await ada.press("#text", "Enter");
    await expect.poll(() => ada.textContent(".notice")).toContain("You are offline.");
    expect(await ada.inputValue("#text")).toBe("after");
    await deleteMessage(row(ada, "before"));
    await expect.poll(() => ada.textContent(".notice")).toContain("You are offline.");
    people.network.plug();
    await ada.evaluate("dispatchEvent(new Event('online'))");
    await live(ada);
    await ada.press("#text", "Enter");
    await shows(ada, ["after"]);
    expect(await ada.locator(".notice").count()).toBe(0);
  });

  test("[PAGE-18] an edit of a message that is deleted elsewhere keeps the text, and sends it as a new message", async () => {
    const ada = await people.person("deleted elsewhere", "Ada", WIDE);
    await say(ada, "short-lived");
    await shows(ada, ["short-lived"]);
    const tab = await ada.context().newPage();
    await tab.goto(people.address("deleted elsewhere"));
    await shows(tab, ["short-lived"]);
    await use(ada, "short-lived", "Edit");
    await ada.fill("#text", "a long text");
    await deleteMessage(row(tab, "short-lived"));
    await expect.poll(() => ada.textContent(".compose-mode")).toContain("The message was deleted.");
    expect(await ada.inputValue("#text")).toBe("a long text");
    await ada.press("#text", "Enter");
    await shows(ada, ["a long text"]);
    await shows(tab, ["a long text"]);
    expect(await ada.locator(".message").first().textContent()).toContain("This message was deleted.");
  });

  test("[PAGE-18] an edit and an answer survive a reload and a change of room", async () => {
    const ada = await people.person("kept edit", "Ada", WIDE);
    await say(ada, "my text");
    await shows(ada, ["my text"]);
    await use(ada, "my text", "Edit");
    await ada.fill("#text", "half an ed");
    await ada.reload();
    await expect.poll(() => ada.inputValue("#text")).toBe("half an ed");
    await ada.evaluate("location.hash = '#another room'");
    await expect.poll(() => ada.inputValue("#text")).toBe("");
    await ada.evaluate("location.hash = '#kept edit'");
    await expect.poll(() => ada.inputValue("#text")).toBe("half an ed");
    await ada.waitForSelector(".message[data-edited]");
    await ada.fill("#text", "edited");
    await ada.press("#text", "Enter");
    await shows(ada, ["edited"]);
    await use(ada, "edited", "Reply");
    await ada.waitForSelector(".compose-mode");
    await ada.reload();
    await expect.poll(() => ada.textContent(".compose-mode")).toContain("edited");
    await say(ada, "answer");
    await expect.poll(() => ada.textContent(".quote")).toBe("Adaedited");
    await ada.reload();
    await shows(ada, ["edited", "answer"]);
    await ada.waitForSelector(".tool-bar, .quote");
    expect(await ada.locator(".compose-mode, .message[data-edited]").count()).toBe(0);
  });

  test("[PAGE-18] an edit says when another tab has edited the message meanwhile, and a text that is too long stays", async () => {
    const ada = await people.person("two edits", "Ada", WIDE);
    await say(ada, "original");
    await shows(ada, ["original"]);
    const tab = await ada.context().newPage();
    await tab.goto(people.address("two edits"));
    await shows(tab, ["original"]);
    await use(ada, "original", "Edit");
    await use(tab, "original", "Edit");
    await tab.fill("#text", "of the other tab");
    await tab.press("#text", "Enter");
    await expect.poll(() => ada.textContent(".compose-mode")).toContain("The message has changed.");
    await ada.fill("#text", "x".repeat(300_000));
    await ada.press("#text", "Enter");
    await expect.poll(() => ada.textContent(".notice")).toContain("too long");
    expect((await ada.inputValue("#text")).length).toBe(300_000);
    await ada.fill("#text", "of this tab");
    await ada.press("#text", "Enter");
    await shows(tab, ["of this tab"]);
  });

  test("[PAGE-18] two tabs that save at the same time show the same text, and so they do after a reload", async () => {
    const ada = await people.person("same time", "Ada", WIDE);
    await say(ada, "original");
    await shows(ada, ["original"]);
    const tab = await ada.context().newPage();
    await tab.goto(people.address("same time"));
    await shows(tab, ["original"]);
    for (const [page, text] of [
      [ada, "first tab"],
      [tab, "second tab"],
    ] as const) {
      await use(page, "original", "Edit");
      await page.fill("#text", text);
    }
    await Promise.all([ada.press("#text", "Enter"), tab.press("#text", "Enter")]);
    for (const page of [ada, tab]) await expect.poll(() => page.locator(".compose-mode").count()).toBe(0);
    await expect.poll(async () => (await texts(ada))[0]).toMatch(/tab$/);
    await shows(tab, await texts(ada));
    await tab.reload();
    await shows(tab, await texts(ada));
  });

  test("[PAGE-18] [PAGE-15] without a connection a reaction is not made, and the page says so however often it is clicked", async () => {
    const ada = await people.person("offline reaction", "Ada", WIDE);
    await say(ada, "well?");
    await shows(ada, ["well?"]);
    await use(ada, "well?", "React");
    await ada.getByRole("button", { name: "React with 🎉" }).click();
    const button = ada.locator(".reactions button");
    await expect.poll(() => button.getAttribute("aria-pressed")).toBe("true");
    people.network.unplug();
    await ada.waitForSelector('#state:not([data-status="live"])');
    await button.evaluate((node: HTMLElement) => {
      for (let i = 0; i < 100; i++) node.click();
    });
    await expect.poll(() => ada.textContent(".notice")).toContain("You are offline.");
    expect(await button.textContent()).toBe("🎉 1");
    people.network.plug();
    await ada.evaluate("dispatchEvent(new Event('online'))");
    await live(ada);
    await button.click();
    await expect.poll(() => button.count()).toBe(0);
  });
});
