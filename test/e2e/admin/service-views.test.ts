import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousIssues } from "../../page/axe.ts";
import { checkView, PHONE } from "../../page/layout/check-view.ts";
import { WIDTHS } from "../../page/views.ts";
import { enter, Operators } from "../../support/operators.ts";
import { startService } from "../../support/service.ts";
import { eventually } from "../../support/socket.ts";
import { AUDIENCE, ISSUER, SECRET } from "../../support/tokens.ts";
import { WebhookReceiver } from "../../support/webhook-receiver.ts";

const ROOM = "orders & more";

let receiver: WebhookReceiver;
let operators: Operators;
beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  receiver.otherwise = (response) => response.writeHead(503, { "retry-after": "3600" }).end("a body");
  operators = await Operators.start({
    WEBHOOK_URL: `${receiver.url}?key=part-of-the-address`,
    WEBHOOK_SECRET: WebhookReceiver.secret,
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    MEMBERS_LISTED: "150",
  });
  await operators.publish(ROOM, { text: "waits" });
});
afterAll(async () => {
  await operators?.stop();
  await receiver?.stop();
});

async function fillToken(page: Page, secret: string): Promise<void> {
  await page.fill("#token-member", "ada");
  await page.fill("#token-name", "Ada O'Brien");
  await page.fill("#token-rooms", "lobby\nteam-*");
  await page.fill("#token-secret", secret);
}

const make = (page: Page) => page.getByRole("button", { name: "Make the token" }).click();

/** Everything that a page sent and keeps: texts in which no secret may be. */
function watch(page: Page) {
  const sent: string[] = [];
  page.on("request", (request) => {
    sent.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? "");
  });
  page.on("websocket", (socket) => {
    sent.push(socket.url());
    socket.on("framesent", ({ payload }) => sent.push(String(payload)));
  });
  const kept = () =>
    page.evaluate(async () => {
      const databases = (await indexedDB.databases()).map(({ name }) => name);
      const inputs = [...document.querySelectorAll("input, textarea")].map(
        (input) => (input as HTMLInputElement).value,
      );
      return JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
        databases,
        await caches.keys(),
        history.state,
        location.href,
        inputs,
        document.documentElement.outerHTML,
      ]);
    });
  return { sent, kept };
}

/** A secret, and each form in which a page could let it out. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    bytes.toString("hex"),
  ];
}

test("[PAGE-56] the settings in force are grouped, each with its value and where it comes from", async () => {
  const page = await operators.operator("#/settings");
  const row = (name: string) => page.locator(`[data-name="${name}"]`);
  await row("MEMBERS_LISTED").waitFor();
  expect(await row("MEMBERS_LISTED").locator("td").allTextContents()).toEqual([
    "150 members",
    "200",
    "environment",
  ]);
  expect(await row("AUTH_SECRET").locator("td").first().textContent()).toBe("set");
  expect(await row("AUTH_SECRET_PREVIOUS").locator("td").first().textContent()).toBe("not set");
  expect(await row("WEBHOOK_URL").locator("td").first().textContent()).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/…$/,
  );
  const text = await page.locator("main").textContent();
  for (const secret of [SECRET, WebhookReceiver.secret, "part-of-the-address"])
    expect(text).not.toContain(secret);
  await page.getByLabel("Only what differs from the default").check();
  expect(await row("MEMBERS_LISTED").count()).toBe(1);
  expect(await row("MESSAGE_BYTES").count()).toBe(0);
  expect(operators.errors).toEqual([]);
});

test("[PAGE-57] the webhook of one room says what failed, what waits and when the next attempt is due", async () => {
  await eventually(() => receiver.deliveries.length > 0, 20_000);
  const page = await operators.operator("#/webhook");
  const calls: string[] = [];
  page.on("request", (request) => calls.push(new URL(request.url()).pathname));
  await page.getByLabel("Room").fill(ROOM);
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForSelector("[data-state=failing]");
  const facts = await page.locator(".webhook-facts").textContent();
  for (const part of ["HTTP 503", "1 message · ", "Failures in a row", "none known"])
    expect(facts).toContain(part);
  expect(facts).not.toContain("a body");
  expect(calls.filter((path) => path.startsWith("/v1/"))).toEqual([
    `/v1/rooms/${encodeURIComponent(ROOM)}/webhook`,
  ]);
  expect(page.url()).toContain(`#/webhook/${encodeURIComponent(ROOM)}`);
  expect(operators.errors).toEqual([]);
});

test("[PAGE-58] the token maker signs in the browser, and the secret is nowhere afterwards", async () => {
  const page = await operators.operator("#/token");
  const { sent, kept } = watch(page);
  await fillToken(page, SECRET);
  expect(await page.locator(".token-outcome pre").textContent()).toBe(
    "npm run -s token -- --room lobby --room 'team-*' --sub ada --name 'Ada O'\\''Brien' --can read,publish --for 1h",
  );
  await make(page);
  await page.waitForSelector("[data-check=accepted]");
  const token = (await page.locator("pre.token").textContent()) ?? "";
  const stored = await kept();
  for (const form of formsOf(SECRET)) {
    expect(sent.filter((text) => text.includes(form))).toEqual([]);
    expect(stored).not.toContain(form);
  }
  expect(await page.inputValue("#token-secret")).toBe("");
  // The check sends another token, which can do nothing.
  expect(sent.join("\n")).not.toContain(token);
  const answer = await fetch(`${operators.service.url}/v1/rooms/team-7`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(200);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy the token" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(token);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.waitForSelector(".setting-table");
  expect(await kept()).not.toContain(token);
  expect(operators.errors).toEqual([]);
});

test("[PAGE-58] the token maker warns of a secret that is not the service's, and of one that is too short", async () => {
  const page = await operators.operator("#/token");
  const { sent } = watch(page);
  await fillToken(page, "another secret");
  await make(page);
  await page.waitForSelector("[data-check=refused]");
  expect(await page.locator("[data-check=short]").textContent()).toContain("less than 32 characters");
  expect(sent.join("\n")).not.toContain("another");
  // Nothing is signed while a field is wrong, and the first of them has the focus.
  await page.fill("#token-member", "guest_1");
  await make(page);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("token-member");
  expect(await page.locator("#token-secret-hint").textContent()).toBe(
    "Enter the AUTH_SECRET of the service.",
  );
});

test("[PAGE-56] the page lets an operator in while a setting is invalid, and names it", async () => {
  const broken = await startService({ AUTH_SECRET: SECRET, MESSAGE_BYTES: "lots", HISTORY_DAYS: "0" });
  try {
    const page = await operators.visit();
    await page.goto(`${broken.url}/admin#/settings`);
    await enter(page, operators.token());
    await page.waitForSelector(".problems");
    expect(await page.locator(".problems li").allTextContents()).toEqual([
      expect.stringContaining('MESSAGE_BYTES is "lots"'),
      expect.stringContaining("HISTORY_DAYS"),
    ]);
    expect(await page.locator('[data-name="MESSAGE_BYTES"] td').first().textContent()).toBe("not valid");
    expect(await seriousIssues(page)).toEqual([]);
  } finally {
    await broken.stop();
  }
});

test.each(["phone", "desktop"])(
  "[PAGE-56] [PAGE-57] [PAGE-58] on a %s nothing overlaps or is cut off, and axe finds nothing serious",
  async (device) => {
    const sizes = Object.entries(WIDTHS).filter(([width]) => (device === "phone") === Number(width) < 700);
    const sizeOf = ([width, height]: [string, number]) => ({ width: Number(width), height });
    const [first = ["0", 0]] = sizes;
    const options = { viewport: sizeOf(first), ...(device === "phone" && PHONE) };
    const page = await operators.operator("#/settings", options);
    const found: string[] = [];
    const check = async (name: string) => {
      for (const size of sizes) {
        await page.setViewportSize(sizeOf(size));
        found.push(...(await checkView(page, name)));
      }
      found.push(...(await seriousIssues(page)));
    };
    await page.waitForSelector(".setting-table");
    await check("settings");
    const go = (hash: string) => page.goto(`${operators.service.url}/admin${hash}`);
    await go(`#/webhook/${encodeURIComponent(ROOM)}`);
    await page.waitForSelector(".webhook-facts");
    await check("webhook");
    await go("#/token");
    await fillToken(page, SECRET);
    await page.press("#token-secret", "Enter");
    await page.waitForSelector("[data-check=accepted]");
    await check("token");
    if (device !== "phone") return expect(found).toEqual([]);
    await page.fill("#token-rooms", "a/b");
    await page.locator("#token-can").uncheck();
    await page.getByRole("checkbox", { name: /^publish/ }).uncheck();
    await page.press("#token-secret", "Enter");
    await page.waitForSelector("[aria-invalid]");
    await check("token-faults");
    expect(found).toEqual([]);
  },
);
