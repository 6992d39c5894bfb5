import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Front } from "../../support/front.ts";
import { enter, OPERATOR, Operators } from "../../support/operators.ts";
import { inSeconds, token } from "../../support/tokens.ts";

let operators: Operators;
let front: Front;
beforeAll(async () => {
  operators = await Operators.start({ AUTH_LOGIN_URL: "/login" });
  front = await Front.start(() => operators.service.url);
});
afterAll(async () => {
  await front?.stop();
  await operators?.stop();
});

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

test.each([
  ["", ""],
  ["#/room/team%207", "#/room/team%207"],
])(
  "[PAGE-50] the sign-in page of the service brings the operator back to the view at %j",
  async (hash, after) => {
    front.logins.length = 0;
    const page = await operators.visit();
    await page.goto(`${front.url}/admin${hash}`);
    const button = page.getByRole("button", { name: "Sign in", exact: true });
    const signIn = async (added: string, state?: string) => {
      front.login = ({ searchParams }) => {
        const to = searchParams.get("return_to") ?? "";
        const answer = `${to.includes("#") ? "&" : "#"}${added}&state=${state ?? searchParams.get("state")}`;
        return { status: 303, headers: { location: to + answer } };
      };
      await button.click();
    };
    await signIn("error=access_denied");
    await expect.poll(() => refusal(page)).toBe("signInFailed");
    const given = token(OPERATOR);
    await signIn(`token=${given}`, "0".repeat(32));
    await expect.poll(() => refusal(page)).toBe("signInNotAsked");
    await signIn(`token=${token({ ...OPERATOR, can: ["read"] })}`);
    await expect.poll(() => refusal(page)).toBe("noAdmin");
    await signIn(`token=${given}`);
    await page.waitForSelector(".admin");
    expect(front.logins[0]?.url.searchParams.get("return_to")).toBe(`${front.url}/admin${hash}`);
    expect(new URL(page.url()).hash).toBe(after);
    await page.goBack();
    expect(page.url()).not.toContain(given.slice(-20));
    expect(operators.errors).toEqual([]);
  },
);
