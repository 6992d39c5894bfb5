import { afterAll, beforeAll, expect, test } from "vitest";
import { People } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start({ MEMBERS_LISTED: "1" });
});
afterAll(() => people?.stop());

test("[PAGE-9] a room too large for a member list shows how many members are online, and that someone is typing", async () => {
  const ada = await people.person("crowded", "Ada");
  const bob = await people.person("crowded", "Bob");
  await expect.poll(() => ada.getAttribute(".members-button", "aria-label")).toBe("Members: 2 online");
  await bob.locator("#text").pressSequentially("I am ty");
  await expect.poll(() => ada.textContent(".typing-line")).toBe("Someone is typing…");
  const cleo = await people.person("crowded", "Cleo");
  await cleo.locator("#text").pressSequentially("so am I");
  await expect.poll(() => ada.textContent(".typing-line")).toBe("2 people are typing…");
  await bob.fill("#text", "");
  await expect.poll(() => ada.textContent(".typing-line")).toBe("Someone is typing…");
  expect(await ada.locator(".member-list li").count()).toBe(0);
});
