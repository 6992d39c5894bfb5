import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousIssues } from "../page/axe.ts";
import { browserAt, checkView, preferLocales } from "../page/layout/check-view.ts";
import { WIDTHS } from "../page/views.ts";
import { live, People } from "../support/people.ts";
import { SECRET, token } from "../support/tokens.ts";

let people: People;
beforeAll(async () => {
  const AUTH_LOGIN_URL = "https://login.example/rooms";
  people = await People.start({ AUTH_MODE: "token", AUTH_SECRET: SECRET, AUTH_LOGIN_URL });
});
afterAll(() => people?.stop());

async function enter(page: Page, credential: string): Promise<void> {
  await page.evaluate((value) => sessionStorage.setItem("dormouse.token", value), credential);
  await page.reload();
}

test.each(Object.entries(WIDTHS))(
  "[PAGE-10] [PAGE-5] at %s px the views of the sign-in and of an invitation have no fault, nor does axe find one",
  async (width, height) => {
    const page = await people.person("guarded", "", browserAt(Number(width), height));
    await preferLocales(page);
    await page.waitForSelector(".sign-in");
    await page.evaluate("sessionStorage.setItem('dormouse.sign-in', 'a state')");
    await page.reload();
    await page.waitForSelector(".welcome .notice");
    const faults = [...(await checkView(page, "welcome-sign-in")), ...(await seriousIssues(page))];
    await page.evaluate("localStorage.setItem('dormouse.name', 'Ada')");
    await enter(page, "of.another.service");
    await page.waitForSelector(".join-error .primary");
    faults.push(...(await checkView(page, "sign-in-ended")), ...(await seriousIssues(page)));
    await enter(page, token({ sub: "mod", can: ["read", "publish", "moderate"] }));
    await live(page);
    await page.locator(".invite-button:visible").click();
    await page.locator("dialog .invitation-choice input").nth(1).check();
    await expect.poll(() => page.inputValue("dialog .copy-field textarea")).toContain("&token=");
    faults.push(...(await checkView(page, "invite-anyone")), ...(await seriousIssues(page)));
    expect(faults).toEqual([]);
  },
  120_000,
);
