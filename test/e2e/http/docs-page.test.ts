import { afterAll, beforeAll, expect, test } from "vitest";
import { browserContexts, type Contexts } from "../../support/browser.ts";
import { type Service, startService } from "../../support/service.ts";

let service: Service;
let browser: Contexts;

beforeAll(async () => {
  service = await startService();
  browser = await browserContexts();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

test("[API-9] /docs lists every call, tries one, and loads nothing from another host", async () => {
  const page = await (await browser.newContext()).newPage();
  const errors: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    if (message.type() === "error" || message.text().includes("Content Security Policy"))
      errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  await page.goto(`${service.url}/docs`);
  await page.waitForSelector("#operations-default-publish");
  const shown = await page.locator(".opblock-summary-path").allTextContents();
  const description: { paths: Record<string, object> } = await (
    await fetch(`${service.url}/v1/openapi.json`)
  ).json();
  const plain = (text: string) => text.replaceAll("\u200b", "");
  expect(new Set(shown.map(plain))).toEqual(new Set(Object.keys(description.paths)));
  await page.click("#operations-default-getRoom .opblock-summary-control");
  await page.click("#operations-default-getRoom .try-out__btn");
  await page.fill('#operations-default-getRoom tr[data-param-name="room"] input', "tried");
  await page.click("#operations-default-getRoom .execute");
  await page.waitForSelector("#operations-default-getRoom .live-responses-table");
  expect(await page.locator("#operations-default-getRoom .live-responses-table").textContent()).toContain(
    '"epoch"',
  );
  const tried = page.locator("#operations-default-publish");
  await tried.locator(".opblock-summary-control").click();
  await tried.locator(".try-out__btn").click();
  await tried.locator('tr[data-param-name="room"] input').fill("tried");
  // The same body twice publishes two messages.
  for (const seq of [1, 2]) {
    await tried.locator(".execute").click();
    await expect
      .poll(() => tried.locator(".live-responses-table").textContent())
      .toMatch(new RegExp(`"seq":\\s*${seq},\\s*"dup":\\s*false`));
  }
  expect(errors).toEqual([]);
  expect([...hosts]).toEqual([new URL(service.url).host]);
});
