import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeFile } from "../../src/app/files/file-envelope.ts";
import { deleteMessage, messageRow } from "../support/message-tools.ts";
import { People, preloaded, say, shows } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

/** Wide enough for the panel, and for a button for each tool of a message. */
const WIDE = { viewport: { width: 1600, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const numbers = (count: number) => Array.from({ length: count }, (_, i) => `message ${i + 1}`);

async function search(page: Page, query: string): Promise<void> {
  await page.fill("[type=search]", query);
  await page.press("[type=search]", "Enter");
}
const found = (page: Page) => page.locator(".search-excerpt").allTextContents();
const status = (page: Page) => page.textContent(".search-status");

async function jumpToDay(page: Page, day: string): Promise<void> {
  await page.fill("#day", day);
  await page.click(".date-jump button");
}

describe("search", () => {
  test("[PAGE-30] [PAGE-32] finds what is far above, jumps to it, and follows changes", async () => {
    const file = { name: "Café menu.pdf", type: "application/pdf", bytes: new Uint8Array(9) };
    await people.says("search", ["Das CAFÉ\nist zu", Buffer.from(encodeFile(file))], "?name=Zoë");
    await people.says("search", numbers(600));
    const ada = await people.person("search", "Ada", WIDE);
    await preloaded(ada);
    await ada.keyboard.press("Control+Shift+F");
    await ada.waitForSelector("[type=search]:focus");
    await search(ada, "cafe");
    await expect.poll(() => status(ada)).toBe("2 results");
    expect(await found(ada)).toEqual(["Café menu.pdf", "Das CAFÉ"]);
    expect(await ada.locator("mark").allTextContents()).toEqual(["Café", "CAFÉ"]);
    await ada.press("[type=search]", "Tab");
    await ada.locator(".search-results button").first().focus();
    await ada.keyboard.press("ArrowDown");
    await ada.keyboard.press("Enter");
    await ada.waitForSelector('[data-seq="1"][data-highlighted]');
    expect(await ada.locator(".search-results button:focus[aria-current]").count()).toBe(1);
    await say(ada, "another café");
    await expect.poll(() => found(ada)).toEqual(["another café", "Café menu.pdf", "Das CAFÉ"]);
    await ada.press("#text", "ArrowUp");
    await expect.poll(() => ada.inputValue("#text")).toBe("another café");
    await say(ada, "another place");
    await expect.poll(() => found(ada)).toEqual(["Café menu.pdf", "Das CAFÉ"]);
    await say(ada, "café 2");
    await expect.poll(() => found(ada)).toEqual(["café 2", "Café menu.pdf", "Das CAFÉ"]);
    await deleteMessage(messageRow(ada, "café 2"));
    await expect.poll(() => found(ada)).toEqual(["Café menu.pdf", "Das CAFÉ"]);
    await search(ada, "from:zoe ist");
    await expect.poll(() => found(ada)).toEqual(["Das CAFÉ"].map(() => "ist zu"));
    await search(ada, "nowhere");
    await expect.poll(() => status(ada)).toBe("No results");
    expect(people.errors).toEqual([]);
  });

  test("[PAGE-31] pauses after the first results, and searches older messages when asked", async () => {
    await people.says("long search", numbers(300));
    const ada = await people.person("long search", "Ada", WIDE);
    await ada.click(".search-button");
    await search(ada, "message");
    await expect.poll(() => status(ada)).toBe("250 results in the newest 250 of 300 messages");
    await ada.getByRole("button", { name: "Search older messages" }).click();
    await expect.poll(() => status(ada)).toBe("300 results");
    await ada.locator(".search-results button").last().click();
    await ada.waitForSelector('[data-seq="1"][data-highlighted]');
    await ada.keyboard.press("Escape");
    await ada.waitForSelector(".search-button:focus");
  });

  test("[PAGE-32] on a phone the panel makes way for the message, and keeps its results", async () => {
    await people.says("phone search", ["房间的历史", ...numbers(100)]);
    const ada = await people.person("phone search", "Ada", PHONE);
    await ada.tap(".search-button");
    await ada.fill("[type=search]", "的历");
    await ada.tap(".search-form button");
    await expect.poll(() => found(ada)).toEqual(["房间的历史"]);
    await ada.tap(".search-results button");
    await ada.waitForSelector('[data-seq="1"][data-highlighted]');
    expect(await ada.locator(".side-panel").count()).toBe(0);
    await ada.tap(".search-button");
    expect(await found(ada)).toEqual(["房间的历史"]);
    expect(await ada.inputValue("[type=search]")).toBe("的历");
  });
});

describe("dates", () => {
  test("[PAGE-33] a jump to a date shows the first message from then on, or says that there is none", async () => {
    await people.says("dates", numbers(500));
    const ada = await people.person("dates", "Ada", WIDE);
    await ada.click(".search-button");
    await jumpToDay(ada, "2020-02-29");
    await ada.waitForSelector('[data-seq="1"][data-highlighted]');
    expect(await ada.textContent(".notice")).toContain("This is the first message that the room still has.");
    await jumpToDay(ada, "2200-01-01");
    await expect.poll(() => ada.textContent(".notice")).toContain("This is the end of the room.");
    await expect.poll(() => ada.locator(".jump-to-newest").count()).toBe(0);
    await ada.waitForSelector('[data-seq="500"]');
  });
});

describe("links to messages", () => {
  test("[PAGE-34] a link to a message that the room does not have says so, and loads nothing", async () => {
    await people.says("links", numbers(300));
    const ada = await people.person("links", "Ada", WIDE);
    await shows(ada, numbers(300).slice(-60));
    for (const seq of ["0", "301", "99999999999999999999", "9".repeat(400)]) {
      await ada.evaluate((hash) => {
        location.hash = hash;
      }, `#links@${seq}`);
      await expect
        .poll(() => ada.textContent(".notice"))
        .toContain("No message of this room has this number.");
      await ada.click(".notice button");
    }
    await shows(ada, numbers(300).slice(-60));
    const tab = await ada.context().newPage();
    await tab.goto(`${people.address("never written")}@7`);
    await expect.poll(() => tab.textContent(".notice")).toContain("No message of this room has this number.");
    await tab.waitForSelector(".empty-room");
    expect(people.errors).toEqual([]);
  });

  test("[PAGE-34] a link to a deleted message leads to the note in its place, and one to an operation to none", async () => {
    const ada = await people.person("deleted link", "Ada", WIDE);
    await say(ada, "short-lived");
    await shows(ada, ["short-lived"]);
    await deleteMessage(messageRow(ada, "short-lived"));
    await shows(ada, []);
    const tab = await ada.context().newPage();
    await tab.goto(`${people.address("deleted link")}@1`);
    await tab.waitForSelector('[data-seq="1"][data-highlighted]');
    expect(await tab.textContent("[data-highlighted]")).toContain("This message was deleted.");
    await tab.goto(`${people.address("deleted link")}@2`);
    await expect.poll(() => tab.textContent(".notice")).toContain("This message is gone.");
  });
});
