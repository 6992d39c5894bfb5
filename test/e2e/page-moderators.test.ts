import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deleteMessage, messageRow, showTools, useTool } from "../support/message-tools.ts";
import { live, People, say, shows } from "../support/people.ts";
import { SECRET, token } from "../support/tokens.ts";

let people: People;
beforeAll(async () => {
  people = await People.start({ AUTH_MODE: "token", AUTH_SECRET: SECRET });
});
afterAll(() => people?.stop());

async function member(room: string, sub: string, can: string[]): Promise<Page> {
  const page = await people.person(room, "", { viewport: { width: 1280, height: 800 } });
  const credential = token({ sub, name: sub, can });
  await page.evaluate((value) => {
    localStorage.setItem("dormouse.name", "someone");
    sessionStorage.setItem("dormouse.token", value);
  }, credential);
  await page.reload();
  await live(page);
  return page;
}

test.each(["moderate", "admin"])(
  "[PAGE-14] a member with the capability %s edits and deletes the messages of others",
  async (capability) => {
    const ada = await member(`of ${capability}`, "ada", ["read", "publish"]);
    const mod = await member(`of ${capability}`, "mod", ["read", "publish", capability]);
    for (const text of ["rude", "spam"]) await say(ada, text);
    await shows(mod, ["rude", "spam"]);
    await useTool(messageRow(mod, "rude"), "Edit");
    await mod.fill("#text", "polite");
    await mod.press("#text", "Enter");
    await shows(ada, ["polite", "spam"]);
    await deleteMessage(messageRow(mod, "spam"));
    await shows(ada, ["polite"]);
  },
);

test("[PAGE-14] a member who may only read has no tool but the copies, and no reaction to press", async () => {
  const ada = await member("read only", "ada", ["read", "publish"]);
  await say(ada, "notice");
  await shows(ada, ["notice"]);
  await useTool(ada.locator(".message"), "React");
  await ada.getByRole("button", { name: "React with 👍" }).click();
  await ada.waitForSelector(".reactions button");
  const reader = await member("read only", "reader", ["read"]);
  await shows(reader, ["notice"]);
  const bar = await showTools(reader.locator(".message"));
  const tools = await bar
    .locator("button")
    .filter({ visible: true })
    .evaluateAll((buttons) => buttons.map((button) => button.getAttribute("aria-label")));
  expect(tools).toEqual(["Copy a link"]);
  expect(await reader.locator(".reactions button").isDisabled()).toBe(true);
});
