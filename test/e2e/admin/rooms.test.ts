import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addRows, reportRooms, sampleRooms } from "../../page/admin/sample-rooms.ts";
import { Operators } from "../../support/operators.ts";

const HOUR_MS = 3_600_000;
let operators: Operators;
beforeAll(async () => {
  operators = await Operators.start();
  await reportRooms(operators, [
    ...sampleRooms(80),
    { room: "zoo", members: 12, seq: 345, rate: 6 },
    { room: "zoo-lost", members: 2, reportAgeMs: 2 * HOUR_MS, isLost: true, ageMs: 2 * HOUR_MS },
    { room: "zoo-<b>of</b> \u202Ename", members: 3 },
  ]);
  await addRows(operators, 10_000);
});
afterAll(() => operators?.stop());

const names = (page: Page) => page.locator(".room-table tbody bdi").allTextContents();
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).first().click();

test("[PAGE-51] with 10,000 rooms the page has one page of them, in the order of the service, and leads to the others", async () => {
  const page = await operators.operator();
  await expect.poll(async () => (await names(page)).length).toBe(100);
  const first = await names(page);
  expect(first[0]).toBe("bulk-00000");
  expect(first).toEqual(first.toSorted());
  expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBeLessThan(2500);
  await press(page, "Next");
  await expect.poll(async () => (await names(page))[0]).toBe("bulk-00100");
  expect(await page.locator(".pager p").first().textContent()).toBe("Rooms 101 to 200, and more");
  await page.locator(".room-table a").first().click();
  await page.waitForSelector(".room-facts");
  await page.goBack();
  await expect.poll(async () => (await names(page))[0]).toBe("bulk-00100");
  await press(page, "Previous");
  await expect.poll(async () => (await names(page))[0]).toBe("bulk-00000");
  await page.fill("[type=search]", "bulk-0999");
  await expect.poll(async () => (await names(page)).at(-1)).toBe("bulk-09999");
  expect(await names(page)).toHaveLength(10);
  expect(operators.errors).toEqual([]);
});

test("[PAGE-51] the list has the figures of a room, says which ones are old, and sorts the rooms of its page", async () => {
  const page = await operators.operator();
  await page.fill("[type=search]", "zoo");
  await expect.poll(() => names(page)).toEqual(["zoo", "zoo-<b>of</b> name", "zoo-lost"]);
  const cells = await page.locator(".room-table tbody tr").first().locator("td").allTextContents();
  expect(cells.slice(0, 4)).toEqual(["12", "15", "345", "6"]);
  expect(
    await page
      .locator("tr", { has: page.locator(".stale") })
      .locator("bdi")
      .allTextContents(),
  ).toEqual(["zoo-lost"]);
  const members = page.getByRole("columnheader", { name: "Members" });
  await members.getByRole("button").click();
  expect(await members.getAttribute("aria-sort")).toBe("descending");
  expect(await names(page)).toEqual(["zoo", "zoo-<b>of</b> name", "zoo-lost"]);
  await members.getByRole("button").click();
  expect(await names(page)).toEqual(["zoo-lost", "zoo-<b>of</b> name", "zoo"]);
  await members.getByRole("button").click();
  expect(await members.getAttribute("aria-sort")).toBeNull();
});

test("[PAGE-51] the list refreshes its one page while the tab is visible, and asks for nothing while it is hidden", async () => {
  const page = await operators.visit();
  await page.clock.install();
  const asked: string[] = [];
  page.on(
    "request",
    (request) => request.url().includes("/v1/") && asked.push(new URL(request.url()).pathname),
  );
  const credential = operators.token();
  await page.evaluate((value) => sessionStorage.setItem("dormouse.admin-token", value), credential);
  await page.reload();
  await page.waitForSelector(".room-table");
  const show = (state: string) =>
    page.evaluate((visibilityState) => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => visibilityState });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  asked.length = 0;
  await page.clock.runFor(31_000);
  await expect.poll(() => asked).toEqual(["/v1/rooms"]);
  await show("hidden");
  await page.clock.runFor(300_000);
  expect(asked).toHaveLength(1);
  await show("visible");
  await expect.poll(() => asked).toEqual(["/v1/rooms", "/v1/rooms"]);
});

test("[PAGE-54] a list that does not load says why in one sentence, keeps what it has, and tries again", async () => {
  const page = await operators.operator();
  await page.waitForSelector(".room-table");
  await page.context().setOffline(true);
  await press(page, "Refresh");
  await expect.poll(() => page.locator("[role=alert] p").textContent()).toContain("could not be reached");
  expect(await names(page)).toHaveLength(100);
  await page.context().setOffline(false);
  await press(page, "Try again");
  await expect.poll(() => page.locator("[role=alert]").count()).toBe(0);
});
