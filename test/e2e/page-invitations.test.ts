import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { live, People, preloaded, say } from "../support/people.ts";
import { unreadOf } from "../support/room-list.ts";
import { inSeconds, SECRET, token } from "../support/tokens.ts";

const CAN = ["read", "publish", "signal", "presence"];

let people: People;
beforeAll(async () => {
  people = await People.start({ AUTH_MODE: "token", AUTH_SECRET: SECRET });
});
afterAll(() => people?.stop());

/** An invitation with these claims over valid ones. */
const invitation = (claims: Record<string, unknown> = {}, secret = SECRET) =>
  token(
    { sub: undefined, rooms: ["club"], can: CAN, iat: inSeconds(-10), exp: inSeconds(3600), ...claims },
    { header: { alg: "HS256", typ: "invitation+jwt" }, secret },
  );

async function member(room: string, can: string[]): Promise<Page> {
  const page = await people.person(room, "");
  const credential = token({ sub: "mod", name: "Mo", can });
  await page.evaluate((value) => {
    localStorage.setItem("dormouse.name", "Mo");
    sessionStorage.setItem("dormouse.token", value);
  }, credential);
  await page.reload();
  await live(page);
  return page;
}

/** Opens a link in a new browser, under a name. */
async function follow(link: string, name: string): Promise<Page> {
  const page = await people.person("elsewhere", "");
  await page.goto("about:blank");
  await page.goto(link);
  await page.fill("#my-name", name);
  await page.press("#my-name", "Enter");
  return page;
}

const linkIn = (page: Page) => page.inputValue("dialog .copy-field textarea");

describe("an invitation on the page", () => {
  test("[PAGE-39] [PAGE-38] lets two people into its room as two guests, and into no other", async () => {
    const mod = await member("club", [...CAN, "moderate"]);
    await mod.click(".invite-button");
    expect(await linkIn(mod)).toBe(people.address("club"));
    await mod.click("dialog >> text=anyone, for a day");
    await expect.poll(() => linkIn(mod)).toContain("#club&token=");
    const link = await linkIn(mod);
    expect(await mod.locator("dialog").textContent()).toContain("You cannot take it back earlier.");
    await mod.keyboard.press("Escape");
    const [ann, bea] = [await follow(link, "Ann"), await follow(link, "Bea")];
    for (const page of [ann, bea]) {
      await live(page);
      expect(page.url()).toBe(people.address("club"));
      expect(await page.evaluate(() => JSON.stringify(localStorage) + document.title)).not.toContain(
        new URLSearchParams(link.split("&")[1]).get("token"),
      );
    }
    await say(ann, "I am Ann");
    await say(bea, "I am Bea");
    await expect.poll(() => mod.locator(".message").count()).toBe(2);
    await mod.click(".members-button");
    await expect.poll(() => mod.locator(".side-panel").textContent()).toMatch(/Ann[\s\S]*Bea|Bea[\s\S]*Ann/);
    await ann.reload();
    await live(ann);
    await preloaded(ann);
    await ann.evaluate("location.hash = '#office'");
    await expect
      .poll(() => ann.locator(".join-error").textContent())
      .toContain("You could not join this room");
    // The page watches the room with the invitation to it.
    await say(bea, "Ann?");
    await unreadOf(ann, "club").toEqual(["1"]);
    expect(await ann.locator(".notice").count()).toBe(0);
    await ann.goBack();
    await live(ann);
    expect(people.errors.join()).not.toContain("Content Security Policy");
  });

  test("[PAGE-39] is offered to moderators only", async () => {
    const page = await member("plain", CAN);
    await page.click(".invite-button");
    await page.waitForSelector(".copy-field textarea");
    expect(await page.locator("text=anyone, for a day").count()).toBe(0);
  });

  test.each([
    ["another room", invitation({ rooms: ["vault"] }), "This invitation is for another room."],
    ["a time that is over", invitation({ exp: inSeconds(-3600) }), "Your invitation has ended"],
  ])("[PAGE-38] of %s is refused with a sentence, and leaves the address", async (_what, jwt, why) => {
    const page = await people.person("club", "");
    await page.goto("about:blank");
    await page.goto(`${people.address("club")}&token=${jwt}`);
    await expect.poll(() => page.locator(".notice").textContent()).toContain(why);
    expect(page.url()).toBe(people.address("club"));
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain(jwt);
  });

  test("[PAGE-38] that is forged does not let anybody in", async () => {
    const jwt = invitation({}, "a secret that this service never had");
    const page = await follow(`${people.address("club")}&token=${jwt}`, "Eve");
    await expect.poll(() => page.locator(".join-error").textContent()).toContain("Your invitation has ended");
    expect(page.url()).toBe(people.address("club"));
  });

  test("[PAGE-38] takes the place of a token that has ended", async () => {
    const page = await people.person("elsewhere", "");
    await page.evaluate(
      (ended) => {
        localStorage.setItem("dormouse.name", "Mo");
        sessionStorage.setItem("dormouse.token", ended);
      },
      token({ sub: "mod", name: "Mo", can: CAN, exp: inSeconds(-3600) }),
    );
    // A change of the fragment alone would not load the page again.
    await page.goto("about:blank");
    await page.goto(`${people.address("club")}&token=${invitation()}`);
    await live(page);
    expect(page.url()).toBe(people.address("club"));
  });

  test("[PAGE-38] does not take the place of a member's own token, and opens from an open page", async () => {
    const mod = await member("club", CAN);
    await mod.evaluate((hash) => {
      location.hash = hash;
    }, `#club&token=${invitation()}`);
    await expect.poll(() => mod.url()).toBe(people.address("club"));
    await say(mod, "still Mo");
    await expect.poll(() => mod.locator(".message.own").last().textContent()).toContain("still Mo");
    expect(await mod.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("invitation");
    const page = await people.person("office", "");
    await page.fill("#my-name", "Gil");
    await page.press("#my-name", "Enter");
    await page.waitForSelector(".join-error");
    await page.click(".join-error >> text=Open a room");
    await page.fill("dialog .open-room input", `${people.address("club")}&token=${invitation()}`);
    await page.press("dialog .open-room input", "Enter");
    await live(page);
    expect(page.url()).toBe(people.address("club"));
  });
});
