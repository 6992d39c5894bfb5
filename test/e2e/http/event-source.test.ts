import { afterAll, beforeAll, expect, test } from "vitest";
import { browserContexts, type Contexts } from "../../support/browser.ts";
import { Network } from "../../support/network.ts";
import { startWorkerd, type Workerd } from "../../support/workerd/workerd.ts";

let service: Workerd;
let network: Network;
let browser: Contexts;

beforeAll(async () => {
  service = await startWorkerd();
  network = await Network.start(() => service.port);
  browser = await browserContexts();
});
afterAll(async () => {
  await browser?.close();
  await network?.stop();
  await service?.stop();
});

async function post(data: number): Promise<void> {
  const answer = await fetch(`${service.url}/v1/rooms/tunnel/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ data }),
  });
  expect(answer.status).toBe(201);
}

test("[API-6] a browser's EventSource reconnects and gets the messages it missed", async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`http://127.0.0.1:${network.port}/healthz`);
  await page.evaluate(() => {
    const seen: unknown[] = [];
    const events = new EventSource("/v1/rooms/tunnel/events");
    events.addEventListener("position", ({ data }) => seen.push(JSON.parse(data).resumed));
    events.addEventListener("reset", () => seen.push("reset"));
    events.onmessage = ({ data }) => seen.push(JSON.parse(data).data);
    Object.assign(window, { seen });
  });
  const seen = () => page.evaluate("window.seen");
  await expect.poll(seen).toEqual([false]);
  await post(1);
  await expect.poll(seen).toEqual([false, 1]);
  network.unplug();
  await post(2);
  await post(3);
  network.plug();
  await expect.poll(seen).toEqual([false, 1, true, 2, 3]);
  await post(4);
  await expect.poll(seen).toEqual([false, 1, true, 2, 3, 4]);
});
