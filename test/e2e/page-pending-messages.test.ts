import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, say, shows } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

test("[PAGE-3] a refused message shows why, and the user can retry, edit or discard it", async () => {
  const ada = await people.person("refusal", "Ada");
  await say(ada, "x".repeat(300_000));
  await ada.waitForSelector(".message.failed");
  expect(await ada.textContent(".send-error")).toContain("300 kB is over the limit of 262 kB.");
  await ada.reload();
  await ada.waitForSelector(".message.failed");
  await ada.click(".send-error button >> nth=0");
  await ada.waitForSelector(".message.failed");
  await ada.fill("#text", "and so on");
  await ada.click(".send-error >> text=Edit");
  await expect.poll(() => ada.locator(".message").count()).toBe(0);
  expect(await ada.inputValue("#text")).toBe(`${"x".repeat(300_000)}\nand so on`);
  await ada.press("#text", "Enter");
  await ada.click(".send-error >> text=Discard");
  await expect.poll(() => ada.locator(".message").count()).toBe(0);
  expect(await ada.evaluate(() => document.activeElement?.id)).toBe("text");
  await ada.reload();
  await live(ada);
  expect(await ada.locator(".message").count()).toBe(0);
});

test("[PAGE-3] a message that is discarded in one tab is not sent by another", async () => {
  const ada = await people.person("two tabs", "");
  await ada.evaluate(() => localStorage.setItem("dormouse.name", "N".repeat(100)));
  await ada.reload();
  await ada.waitForSelector('#state[data-status="closed"]');
  for (const text of ["to discard", "to keep"]) await say(ada, text);
  const tab = await ada.context().newPage();
  await tab.goto(people.address("two tabs"));
  const failed = (page: Page) => page.locator(".message.failed .message-text").allTextContents();
  await expect.poll(() => failed(tab)).toEqual(["to discard", "to keep"]);
  await ada.click(".send-error >> text=Discard");
  await expect.poll(() => failed(tab)).toEqual(["to keep"]);
  await ada.click(".user-button");
  await ada.fill("#my-name", "Good");
  await ada.press("#my-name", "Enter");
  for (const page of [ada, tab]) {
    await live(page);
    await shows(page, ["to keep"]);
  }
  const bob = await people.person("two tabs", "Bob");
  await shows(bob, ["to keep"]);
});

test("[PAGE-3] each tab keeps its own draft, and a new tab starts with the latest one", async () => {
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

test("[PAGE-3] the room list marks another room with a pending message, and the page sends the message", async () => {
  const ada = await people.person("left behind", "Ada");
  const bob = await people.person("left behind", "Bob");
  await ada.evaluate("navigator.serviceWorker.ready");
  await expect.poll(() => ada.evaluate("navigator.serviceWorker.controller !== null")).toBe(true);
  await ada.context().setOffline(true);
  await ada.waitForSelector('#state[data-status="offline"]');
  await say(ada, "said before leaving");
  await ada.evaluate("location.hash = '#next room'");
  await ada.waitForFunction(() => document.title.startsWith("next room"));
  await ada.reload();
  const pendingMark = ada.locator('.room-list li:has-text("left behind") .delivery-status');
  await expect.poll(() => pendingMark.count()).toBe(1);
  await ada.context().setOffline(false);
  await live(ada);
  await shows(bob, ["said before leaving"]);
  await expect.poll(() => pendingMark.count()).toBe(0);
  expect(await ada.title()).toBe("next room · Dormouse");
});

test("[PAGE-3] the room list does not mark another room for a message that the service refused", async () => {
  const ada = await people.person("refused here", "Ada");
  await say(ada, "x".repeat(300_000));
  await ada.waitForSelector(".message.failed");
  await ada.evaluate("location.hash = '#next one'");
  await expect.poll(() => ada.title()).toBe("next one · Dormouse");
  await ada.reload();
  await live(ada);
  const room = ada.locator('.room-list li:has-text("refused here")');
  await expect.poll(() => room.count()).toBe(1);
  expect(await room.locator(".delivery-status").count()).toBe(0);
  await room.locator("a").click();
  await ada.waitForSelector(".message.failed");
});

test("[PAGE-3] a file arrives if the user opens another room while the page prepares it", async () => {
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
  await bob.waitForSelector(".message .image-attachment");
  await expect.poll(() => ada.evaluate(() => Object.keys(localStorage).join())).not.toContain("unsent");
});

test.each([
  ["full", "QuotaExceededError", "has no space left"],
  ["blocked", "SecurityError", "blocks storage for the page"],
])("[PAGE-3] the page warns once when browser storage is %s", async (state, error, warning) => {
  const ada = await people.person(`storage ${state}`, "Ada");
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
    .toEqual([expect.stringContaining(warning)]);
  await ada.click(".notice button");
  await ada.locator("#text").pressSequentially("b");
  await ada.press("#text", "Enter");
  await shows(ada, ["ab"]);
  expect(await ada.locator(".notice").count()).toBe(0);
});
