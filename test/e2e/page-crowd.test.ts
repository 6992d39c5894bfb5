import { afterAll, beforeAll, expect, test } from "vitest";
import { People } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start({ MEMBERS_LISTED: "1" });
});
afterAll(() => people?.stop());

test("[PAGE-9] a room too full for a list tells how many are here, and that somebody is typing", async () => {
  const ada = await people.person("crowded", "Ada");
  const bob = await people.person("crowded", "Bob");
  await expect.poll(() => ada.getAttribute(".with-count", "aria-label")).toBe("People: 2 here");
  await bob.locator("#text").pressSequentially("I am ty");
  await expect.poll(() => ada.textContent(".typing")).toBe("Somebody is typing…");
  const cleo = await people.person("crowded", "Cleo");
  await cleo.locator("#text").pressSequentially("so am I");
  await expect.poll(() => ada.textContent(".typing")).toBe("2 people are typing…");
  await bob.fill("#text", "");
  await expect.poll(() => ada.textContent(".typing")).toBe("Somebody is typing…");
  expect(await ada.locator(".people li").count()).toBe(0);
});
