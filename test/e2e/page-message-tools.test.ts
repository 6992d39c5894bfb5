import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { People, say, shows } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

const row = (page: Page, text: string) => page.locator(".message", { hasText: text });
const tool = (page: Page, name: string) => page.getByRole("toolbar").getByRole("button", { name });

const WIDE = { viewport: { width: 1280, height: 800 } };

describe("message tools", () => {
  test("[PAGE-14] the author edits and deletes a message, and others see it", async () => {
    const ada = await people.person("edit", "Ada", WIDE);
    const bob = await people.person("edit", "Bob", WIDE);
    for (const p of [ada, bob]) p.setDefaultTimeout(4000);
    await say(ada, "helo");
    await shows(bob, ["helo"]);
    await row(ada, "helo").hover();
    await ada.waitForTimeout(500);
    await ada.screenshot({ path: "/tmp/shots/h0.png" });
    console.log(people.errors, await row(ada, "helo").innerHTML());
    await tool(ada, "Edit").click();
    expect(await ada.inputValue("#text")).toBe("helo");
    await ada.fill("#text", "hello");
    await ada.press("#text", "Enter");
    await shows(bob, ["hello"]);
    expect(await row(bob, "hello").textContent()).toContain("edited");
    await expect.poll(() => ada.inputValue("#text")).toBe("");
    await ada.screenshot({ path: "/tmp/shots/after-edit.png" });
    await row(ada, "hello").hover();
    await ada.screenshot({ path: "/tmp/shots/hover.png" });
    await tool(ada, "React").click();
    await ada.waitForSelector(".message-menu:popover-open");
    await ada.screenshot({ path: "/tmp/shots/react.png" });
    await ada.getByRole("button", { name: "React with 🎉" }).click();
    await expect.poll(() => row(bob, "hello").locator(".reactions").textContent()).toContain("🎉");
    await bob.locator(".reactions button").click();
    await expect.poll(() => row(ada, "hello").locator(".reactions").textContent()).toContain("2");
    await bob.screenshot({ path: "/tmp/shots/reacted.png" });
    await row(bob, "hello").hover();
    await tool(bob, "Reply").click();
    await bob.screenshot({ path: "/tmp/shots/reply.png" });
    await say(bob, "hi");
    await expect.poll(() => row(ada, "hi").locator(".quote").textContent()).toBe("Adahello");
    await ada.screenshot({ path: "/tmp/shots/replied.png" });
    await row(ada, "hello").first().hover();
    await tool(ada, "Delete").click();
    await ada.waitForSelector("dialog[open]");
    await ada.screenshot({ path: "/tmp/shots/delete.png" });
    await ada.locator("dialog").getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => bob.locator(".message").first().textContent()).toContain("deleted");
    await bob.screenshot({ path: "/tmp/shots/deleted.png" });
    expect(people.errors).toEqual([]);
  });
});
