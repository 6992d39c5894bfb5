import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashOf } from "../../../src/admin/route.ts";
import { OPERATOR, Operators } from "../../support/operators.ts";
import { TestSocket } from "../../support/socket.ts";
import { token } from "../../support/tokens.ts";

let operators: Operators;
beforeAll(async () => {
  operators = await Operators.start();
});
afterAll(() => operators?.stop());

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ text: `message ${from + i}` }));
const open = (room: string, claims?: object) =>
  operators.operator(hashOf({ view: "room", room }), { acceptDownloads: true }, claims);
const bodies = (page: Page) => page.locator(".message-table .message-body bdi").allTextContents();
const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true }).click();
const inDialog = (page: Page, name: string) =>
  page.locator("dialog form, dialog .form-fields").getByRole("button", { name, exact: true }).last().click();
const json = async (path: string) => (await operators.call(path)).json();

async function member(room: string, sub: string, name = sub): Promise<TestSocket> {
  const credential = token({ sub, name, can: ["read", "publish", "presence"] });
  const socket = await TestSocket.open(operators.service.room(room, `?token=${credential}`), "dormouse.v1");
  await socket.until("welcome");
  return socket;
}

test("[PAGE-52] one room shows its figures and pages back and forth through its history", async () => {
  for (const [from, to] of [
    [1, 60],
    [61, 120],
  ] as const)
    await operators.publish("history", ...numbered(from, to));
  const ada = await member("history", "ada", "Ada");
  const page = await open("history");
  await expect.poll(async () => (await bodies(page))[0]).toBe("message 120");
  expect(await page.locator(".facts").first().locator("dd").allTextContents()).toEqual(["1", "120", "0"]);
  expect(await page.locator(".members-panel .name").allTextContents()).toEqual(["Ada", "ada"]);
  for (const [button, first, count] of [
    ["Older", "message 70", 50],
    ["Older", "message 20", 20],
    ["Newer", "message 70", 50],
    ["Newer", "message 120", 50],
  ] as const) {
    await press(page, button);
    await expect.poll(async () => (await bodies(page))[0]).toBe(first);
    expect(await bodies(page)).toHaveLength(count);
  }
  ada.ws.terminate();
});

test("[PAGE-52] the live tail shows what happens with bounded rows, says how late it is, and leaves the room with the view", async () => {
  await operators.publish("live", { text: "before" });
  const page = await open("live");
  await page.waitForSelector(".message-table");
  expect((await json("/v1/rooms/live/members")).count).toBe(0);
  await press(page, "Follow live");
  await page.waitForSelector('.tail[data-status="live"]');
  await expect.poll(() => page.locator(".members-panel .count").textContent()).toBe("1");
  await operators.publish("live", { text: "one" }, { text: "two" });
  await expect.poll(() => bodies(page)).toEqual(["two", "one", "before"]);
  await operators.call("/v1/rooms/live/messages/2", { method: "PATCH", body: '{"data":{"text":"edited"}}' });
  await operators.call("/v1/rooms/live/messages/1", { method: "DELETE" });
  await expect.poll(() => bodies(page)).toEqual(["two", "edited"]);
  await expect
    .poll(() => page.locator(".facts").last().locator("dd").allTextContents())
    .toEqual(["4", "4", expect.stringMatching(/ms|s$/), expect.stringMatching(/ms|s$/)]);
  for (let i = 0; i < 3; i++) await operators.publish("live", ...numbered(i * 90, i * 90 + 89));
  await expect.poll(async () => (await bodies(page))[0]).toBe("message 269");
  expect(await page.locator(".message-table tbody tr").count()).toBe(200);
  await page.getByRole("link", { name: "Rooms" }).click();
  await page.waitForSelector(".room-filter");
  await expect.poll(async () => (await json("/v1/rooms/live/members")).count).toBe(0);
  expect(operators.errors).toEqual([]);
});

test("[PAGE-53] the operator publishes, and deletes a message after a question", async () => {
  await operators.publish("words", { text: "spam" });
  const page = await open("words");
  await page.waitForSelector(".message-table");
  await page.fill(".publish-form textarea", "Be kind.");
  await press(page, "Publish");
  await expect.poll(() => bodies(page)).toEqual(["Be kind.", "spam"]);
  await press(page, "Delete message 1");
  expect(await page.locator("dialog .quoted").textContent()).toBe("spam");
  await inDialog(page, "Delete");
  await expect.poll(() => bodies(page)).toEqual(["Be kind."]);
  await page.getByLabel("JSON").check();
  await page.fill(".publish-form textarea", '{"state":');
  expect(await page.getByRole("button", { name: "Publish", exact: true }).isDisabled()).toBe(true);
  await page.fill(".publish-form textarea", '{"state":7}');
  await press(page, "Publish");
  await expect.poll(() => page.locator(".message-json").textContent()).toBe('{"state":7}');
  const { messages } = await json("/v1/rooms/words/messages");
  expect(messages).toMatchObject([
    { seq: 1, deleted: true },
    { seq: 2, from: "operator", data: { text: "Be kind." } },
    { seq: 4, data: { state: 7 } },
  ]);
});

test("[PAGE-53] the operator kicks and bans a member, and ends the ban of one who is not there", async () => {
  const mallory = await member("doors", "mallory", "Mallory");
  const page = await open("doors");
  await press(page, "Remove Mallory");
  await page.selectOption("#member-choice", "hour");
  await inDialog(page, "Apply");
  await expect
    .poll(() => page.locator("dialog [role=status]").textContent())
    .toBe("Done. Closed sockets: 1.");
  expect(await mallory.until("bye")).toMatchObject({ code: "kicked" });
  await inDialog(page, "Close");
  await expect.poll(() => page.locator(".members-panel li").count()).toBe(0);
  const credential = token({ sub: "mallory", can: ["read"] });
  const asMallory = () => fetch(`${operators.service.url}/v1/rooms/doors?token=${credential}`);
  expect((await asMallory()).status).toBe(403);
  await press(page, "By id…");
  await page.fill("#member-id", "mallory");
  await inDialog(page, "Apply");
  await expect.poll(() => page.locator("dialog [role=alert]").getAttribute("data-code")).toBe("not_found");
  await page.selectOption("#member-choice", "unban");
  await inDialog(page, "Apply");
  await expect.poll(() => page.locator("dialog [role=status]").textContent()).toContain("not banned");
  expect((await asMallory()).status).toBe(200);
});

test("[PAGE-53] the operator exports a room, and erases it after typing its name", async () => {
  const room = "old & done";
  await operators.publish(room, ...numbered(1, 3));
  const page = await open(room);
  await page.waitForSelector(".message-table");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, "Export")]);
  expect(download.suggestedFilename()).toBe("old-done.ndjson");
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { room, seq: 3 },
    { seq: 1 },
    { seq: 2 },
    { seq: 3 },
    { end: true, seq: 3 },
  ]);
  expect(asked.filter((url) => url.includes("token="))).toEqual([]);
  await press(page, "Erase…");
  const erase = page.locator("dialog").getByRole("button", { name: "Erase…" });
  await page.fill("#erase-name", "old & don");
  expect(await erase.isDisabled()).toBe(true);
  await page.fill("#erase-name", room);
  await erase.click();
  await expect.poll(() => page.locator("dialog [role=status]").textContent()).toContain("The room is empty");
  await inDialog(page, "Close");
  await page.waitForSelector(".panel .empty");
  expect((await json(`/v1/rooms/${encodeURIComponent(room)}`)).seq).toBe(0);
});

test("[PAGE-54] texts and names of users are text, and long ones are cut and can be read", async () => {
  const html = '<img src=x onerror="document.title=1"><script>alert(1)</script>';
  const room = "hostile-<i>room<b>";
  const ada = await member(room, "<b>id", html.slice(0, 40));
  await operators.publish(room, { text: html }, { text: "x".repeat(5000) }, { html });
  const page = await open(room);
  await expect.poll(async () => (await bodies(page)).at(-1)).toBe(html);
  expect(await page.locator(".message-json").textContent()).toBe(JSON.stringify({ html }));
  expect(await page.locator(".admin :is(img, script, b, i)").count()).toBe(0);
  expect(await page.locator("h1").textContent()).toBe(room);
  expect((await bodies(page))[0]?.length).toBeLessThan(400);
  await press(page, "Show more");
  expect((await bodies(page))[0]).toHaveLength(2000);
  expect(await page.locator(".message-table").textContent()).toContain("the first 2,000 of 5,000 characters");
  ada.ws.terminate();
});

test("[PAGE-54] a token without read, publish or presence, and one that ends, are told so", async () => {
  const page = await open("capabilities", { ...OPERATOR, can: ["admin"] });
  const hints = page.locator(".room-panels .hint");
  await expect.poll(() => hints.count()).toBe(2);
  expect(await hints.allTextContents()).toEqual([
    expect.stringContaining("lacks the capability read"),
    expect.stringContaining("lacks the capability presence"),
  ]);
  await page.route("**/v1/rooms?*", (route) =>
    route.continue({
      headers: { ...route.request().headers(), authorization: `Bearer ${token({ exp: 1 })}` },
    }),
  );
  await press(page, "Refresh");
  await expect.poll(() => page.locator("[role=alert]").getAttribute("data-code")).toBe("sessionEnded");
});
