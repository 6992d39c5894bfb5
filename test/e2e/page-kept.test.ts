import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, say, shows } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

test("[PAGE-3] a message that is refused says why, and can be sent again, changed or discarded", async () => {
  const ada = await people.person("refusal", "Ada");
  await say(ada, "x".repeat(300_000));
  await ada.waitForSelector(".said.failed");
  expect(await ada.textContent(".why")).toContain("It has 300 kB; a message holds at most 262 kB.");
  await ada.reload();
  await ada.waitForSelector(".said.failed");
  await ada.click(".why button >> nth=0");
  await ada.waitForSelector(".said.failed");
  await ada.fill("#text", "and so on");
  await ada.click(".why >> text=Edit");
  await expect.poll(() => ada.locator(".said").count()).toBe(0);
  expect(await ada.inputValue("#text")).toBe(`${"x".repeat(300_000)}\nand so on`);
  await ada.press("#text", "Enter");
  await ada.click(".why >> text=Discard");
  await expect.poll(() => ada.locator(".said").count()).toBe(0);
  expect(await ada.evaluate(() => document.activeElement?.id)).toBe("text");
  await ada.reload();
  await live(ada);
  expect(await ada.locator(".said").count()).toBe(0);
});

test("[PAGE-3] what was discarded in one tab is sent by no other", async () => {
  const ada = await people.person("two tabs", "");
  await ada.evaluate(() => localStorage.setItem("dormouse.name", "N".repeat(100)));
  await ada.reload();
  await ada.waitForSelector('#state[data-status="closed"]');
  for (const text of ["to discard", "to keep"]) await say(ada, text);
  const tab = await ada.context().newPage();
  await tab.goto(people.address("two tabs"));
  const failed = (page: Page) => page.locator(".said.failed .text").allTextContents();
  await expect.poll(() => failed(tab)).toEqual(["to discard", "to keep"]);
  await ada.click(".why >> text=Discard");
  await expect.poll(() => failed(tab)).toEqual(["to keep"]);
  await ada.click(".myself");
  await ada.fill("#my-name", "Good");
  await ada.press("#my-name", "Enter");
  for (const page of [ada, tab]) {
    await live(page);
    await shows(page, ["to keep"]);
  }
  const bob = await people.person("two tabs", "Bob");
  await shows(bob, ["to keep"]);
});

test("[PAGE-3] each tab keeps the draft that was typed in it, and a new one begins with the last", async () => {
  const ada = await people.person("drafts", "Ada");
  const tab = await ada.context().newPage();
  await tab.goto(people.address("drafts"));
  await live(tab);
  await ada.fill("#text", "typed in the first");
  await tab.fill("#text", "typed in the second");
  await ada.reload();
  expect(await ada.inputValue("#text")).toBe("typed in the first");
  await ada.press("#text", "Enter");
  await shows(ada, ["typed in the first"]);
  await ada.reload();
  await live(ada);
  expect(await ada.inputValue("#text")).toBe("");
  const third = await ada.context().newPage();
  await third.goto(people.address("drafts"));
  await live(third);
  expect(await third.inputValue("#text")).toBe("typed in the second");
});

test("[PAGE-3] what waits in another room than the one that the page opens in is marked, and sent", async () => {
  const ada = await people.person("left behind", "Ada");
  const bob = await people.person("left behind", "Bob");
  await ada.evaluate("navigator.serviceWorker.ready");
  await expect.poll(() => ada.evaluate("navigator.serviceWorker.controller !== null")).toBe(true);
  await ada.context().setOffline(true);
  await ada.waitForSelector('#state[data-status="offline"]');
  await say(ada, "said before I went on");
  await ada.evaluate("location.hash = '#further on'");
  await ada.waitForFunction(() => document.title.startsWith("further on"));
  await ada.reload();
  const waits = ada.locator('.rooms li:has-text("left behind") .mark');
  await expect.poll(() => waits.count()).toBe(1);
  await ada.context().setOffline(false);
  await live(ada);
  await shows(bob, ["said before I went on"]);
  await expect.poll(() => waits.count()).toBe(0);
  expect(await ada.title()).toBe("further on · Dormouse");
});

test("[PAGE-3] what was refused for good in another room does not count as on its way", async () => {
  const ada = await people.person("refused here", "Ada");
  await say(ada, "x".repeat(300_000));
  await ada.waitForSelector(".said.failed");
  await ada.evaluate("location.hash = '#gone on'");
  await expect.poll(() => ada.title()).toBe("gone on · Dormouse");
  await ada.reload();
  await live(ada);
  const room = ada.locator('.rooms li:has-text("refused here")');
  await expect.poll(() => room.count()).toBe(1);
  expect(await room.locator(".mark").count()).toBe(0);
  await room.locator("a").click();
  await ada.waitForSelector(".said.failed");
});

test("[PAGE-3] a file that is still being made ready when one goes to another room arrives", async () => {
  const ada = await people.person("scaled", "Ada");
  const bob = await people.person("scaled", "Bob");
  await ada.evaluate(async () => {
    const canvas = new OffscreenCanvas(1600, 1200);
    canvas.getContext("2d");
    const file = new File([await canvas.convertToBlob()], "photo.png", { type: "image/png" });
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(file);
    document
      .querySelector("#text")
      ?.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
    location.hash = "#meanwhile";
  });
  await expect.poll(() => ada.title()).toBe("meanwhile · Dormouse");
  await bob.waitForSelector(".said .image");
  await expect.poll(() => ada.evaluate(() => Object.keys(localStorage).join())).not.toContain("unsent");
});

test.each([
  ["full", "QuotaExceededError", "no space left"],
  ["closed", "SecurityError", "keeps nothing for this page"],
])(
  "[PAGE-3] where the browser's storage is %s, the first letter of a draft says so, once",
  async (what, error, said) => {
    const ada = await people.person(`storage ${what}`, "Ada");
    await ada.evaluate((name) => {
      const fail = () => {
        throw new DOMException("no", name);
      };
      Storage.prototype.setItem = fail;
      if (name === "SecurityError") Storage.prototype.removeItem = fail;
    }, error);
    await ada.locator("#text").pressSequentially("a");
    await expect
      .poll(() => ada.locator(".notice").allTextContents())
      .toEqual([expect.stringContaining(said)]);
    await ada.click(".notice button");
    await ada.locator("#text").pressSequentially("b");
    await ada.press("#text", "Enter");
    await shows(ada, ["ab"]);
    expect(await ada.locator(".notice").count()).toBe(0);
  },
);
