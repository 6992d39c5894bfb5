import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashOf } from "../../../src/admin/route.ts";
import { enter, OPERATOR, Operators } from "../../support/operators.ts";
import { TestSocket } from "../../support/socket.ts";
import { inSeconds, token } from "../../support/tokens.ts";

let operators: Operators;
beforeAll(async () => {
  operators = await Operators.start();
});
afterAll(() => operators?.stop());

const open = (room: string) => operators.operator(hashOf({ view: "room", room }));
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const code = (page: Page, within = "main") =>
  page.locator(`${within} [role=alert]`).first().getAttribute("data-code");
const bodies = (page: Page) => page.locator(".message-table .message-body bdi").allTextContents();

async function member(room: string, sub: string): Promise<TestSocket> {
  const credential = token({ sub, name: "Ada", can: ["read", "publish", "presence"] });
  const socket = await TestSocket.open(operators.service.room(room, `?token=${credential}`), "dormouse.v1");
  await socket.until("welcome");
  return socket;
}

test("[PAGE-53] an action in a room that no address can name does nothing elsewhere", async () => {
  // The browser takes /v1/rooms/../members/ada for /v1/members/ada, which removes the data of ada from all rooms.
  const page = await open("..");
  const deleted: string[] = [];
  page.on("request", (request) => request.method() === "DELETE" && deleted.push(request.url()));
  await expect.poll(() => code(page)).toBe("invalid_room");
  await press(page, "By id…");
  await page.fill("#member-id", "ada");
  await press(page, "Apply");
  await expect.poll(() => code(page, "dialog")).toBe("invalid_room");
  expect(deleted).toEqual([]);
});

test("[PAGE-53] a kick closes the sockets of the member that was chosen, not of one whose id differs by a space", async () => {
  const [ada, other] = [await member("spaces", "ada"), await member("spaces", "ada ")];
  const page = await open("spaces");
  const rows = page.locator(".members-panel li");
  await expect.poll(() => rows.count()).toBe(2);
  await rows
    .filter({ has: page.locator('[title="ada "]') })
    .getByRole("button")
    .click();
  await press(page, "Apply");
  await expect.poll(() => page.locator("dialog [role=status]").textContent()).toContain("sockets: 1");
  expect(await other.until("bye")).toMatchObject({ code: "kicked" });
  expect(ada.ws.readyState).toBe(ada.ws.OPEN);
  ada.ws.terminate();
});

test("[PAGE-54] a room with keys of its own refuses the token, and the operator stays signed in", async () => {
  const page = await open("calm");
  await page.waitForSelector(".panel .empty");
  await page.route("**/v1/rooms/own-keys**", (route) =>
    route.continue({
      headers: {
        ...route.request().headers(),
        authorization: `Bearer ${token({}, { secret: "of the room" })}`,
      },
    }),
  );
  await page.evaluate(
    (hash) => {
      location.hash = hash;
    },
    hashOf({ view: "room", room: "own-keys" }),
  );
  await expect.poll(() => code(page)).toBe("other_keys");
  await page.getByRole("link", { name: "Rooms" }).click();
  await page.waitForSelector(".room-filter");
});

test("[PAGE-53] the operator publishes on a page without TLS", async () => {
  const page = await operators.visit();
  await page.goto(`${operators.service.url.replace("127.0.0.1", "0.0.0.0")}/admin#/room/plain`);
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
  await enter(page, operators.token());
  await page.fill(".publish-form textarea", "by http");
  await press(page, "Publish");
  await expect.poll(() => bodies(page)).toEqual(["by http"]);
});

test("[PAGE-52] the live tail has all of a text that grows while the timers of a hidden tab are late", async () => {
  await operators.publish("late", { text: "secret" });
  const page = await operators.visit();
  await page.clock.install();
  await page.goto(`${operators.service.url}/admin${hashOf({ view: "room", room: "late" })}`);
  await page.reload();
  await enter(page, operators.token());
  await press(page, "Follow live");
  await page.waitForSelector('.tail[data-status="live"]');
  await expect.poll(() => bodies(page)).toEqual(["secret"]);
  await page.clock.pauseAt(Date.now() + 3_600_000);
  await operators.call("/v1/rooms/late/messages/1", { method: "DELETE" });
  await operators.publish("late", "");
  const append = { method: "POST", body: '{"data":"x"}' };
  await Promise.all(
    Array.from({ length: 210 }, () => operators.call("/v1/rooms/late/messages/3/append", append)),
  );
  await operators.publish("late", "end");
  await page.clock.resume();
  await expect.poll(async () => (await bodies(page))[0]).toBe("end");
  expect((await bodies(page)).slice(1)).toEqual(["x".repeat(210)]);
});

test("[PAGE-52] the figures are those of the new log after somebody else erases the room", async () => {
  await operators.publish("erased", { text: "one" }, { text: "two" }, { text: "three" });
  const page = await open("erased");
  const newest = page.locator(".facts").first().locator("dd").nth(1);
  await expect.poll(() => newest.textContent()).toBe("3");
  // The client reconnects without a wait.
  await page.evaluate(() => {
    Math.random = () => 0;
  });
  await press(page, "Follow live");
  await page.waitForSelector('.tail[data-status="live"]');
  // The page has received it and not shown it yet when it is in the new log.
  await operators.publish("erased", { text: "four" });
  await operators.call("/v1/rooms/erased", { method: "DELETE" });
  await operators.publish("erased", { text: "new" });
  await expect.poll(async () => (await bodies(page)).at(-1)).toBe("new");
  await operators.publish("erased", { text: "end" });
  await expect.poll(() => bodies(page)).toEqual(["end", "new"]);
  await expect.poll(() => newest.textContent()).toBe("2");
});

test("[PAGE-53] a text that the operator writes while the token ends is there after the next sign-in", async () => {
  const page = await open("writing");
  await page.fill(".publish-form textarea", "half a sentence");
  await page.route("**/v1/**", (route) =>
    route.continue({
      headers: { ...route.request().headers(), authorization: `Bearer ${token({ exp: 1 })}` },
    }),
  );
  await press(page, "Publish");
  await expect.poll(() => code(page)).toBe("sessionEnded");
  await page.unroute("**/v1/**");
  // A sign-in page would have taken the place of this one meanwhile.
  await page.reload();
  await enter(page, operators.token());
  await press(page, "Publish");
  await expect.poll(() => bodies(page)).toEqual(["half a sentence"]);
});

test("[PAGE-54] to follow a room with a token that has ended leads to the sign-in", async () => {
  const page = await operators.visit(hashOf({ view: "room", room: "ended" }));
  const headers = { authorization: `Bearer ${operators.token()}` };
  await page.route("**/v1/**", (route) =>
    route.continue({ headers: { ...route.request().headers(), ...headers } }),
  );
  await enter(page, operators.token({ ...OPERATOR, exp: inSeconds(-10) }));
  await page.waitForSelector(".panel .empty");
  await page.unroute("**/v1/**");
  await press(page, "Follow live");
  await expect.poll(() => code(page)).toBe("sessionEnded");
});

test("[PAGE-53] a message that somebody else has deleted meanwhile is shown as deleted", async () => {
  await operators.publish("both", { text: "twice" });
  const page = await open("both");
  await press(page, "Delete message 1");
  await operators.call("/v1/rooms/both/messages/1", { method: "DELETE" });
  await press(page, "Delete");
  await expect.poll(() => code(page, "dialog")).toBe("invalid_target");
  await expect.poll(() => page.locator('[data-seq="1"]').textContent()).toContain("Deleted.");
});
