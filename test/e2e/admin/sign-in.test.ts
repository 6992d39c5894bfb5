import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enter, OPERATOR, Operators } from "../../support/operators.ts";
import { inSeconds, token } from "../../support/tokens.ts";

let operators: Operators;
beforeAll(async () => {
  operators = await Operators.start();
});
afterAll(() => operators?.stop());

const refusal = (page: Page) => page.locator("[role=alert]").getAttribute("data-code");

test("[PAGE-50] the page lets in a token with admin for all rooms, and keeps it in this tab until the operator signs out", async () => {
  const page = await operators.visit();
  expect(await page.locator(".make-token pre").textContent()).toContain("npm run -s token -- --room '*'");
  await enter(page, ` "${token(OPERATOR)}"\n`);
  await page.waitForSelector(".admin");
  await page.reload();
  await page.waitForSelector(".admin");
  const stored = () => page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage)].flat());
  expect(await stored()).toEqual(["dormouse.admin-token"]);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForSelector("#token");
  expect(await stored()).toEqual([]);
  expect(operators.errors).toEqual([]);
});

test("[PAGE-50] the page says in one sentence why it does not take a token, and what to do", async () => {
  const page = await operators.visit();
  for (const [credential, code] of [
    ["no token", "malformed"],
    [token({ ...OPERATOR, exp: inSeconds(-3600) }), "ended"],
    [token({ ...OPERATOR, can: ["read", "moderate"] }), "noAdmin"],
    [token({ ...OPERATOR, rooms: ["lobby", "team-*"] }), "notAllRooms"],
    [token(OPERATOR, { secret: "the secret of another service, long enough" }), "refused"],
  ] as const) {
    await enter(page, credential);
    await expect.poll(() => refusal(page)).toBe(code);
    expect(await page.locator("[role=alert]").textContent()).toMatch(/^[A-Z].+\. (Use|Make|Copy).+\.$/);
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  }
  await enter(page, token({ ...OPERATOR, can: undefined }));
  await expect.poll(() => refusal(page)).toBe("refused");
});
