import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserContexts, type Contexts } from "../support/browser.ts";
import { type Service, startService } from "../support/service.ts";
import { bundleProgram } from "./client-pages/bundle.ts";
import { ReactServer } from "./react/page.ts";

const ROOMS = 20;

let service: Service;
let browser: Contexts;
let pages: ReactServer;

beforeAll(async () => {
  service = await startService();
  browser = await browserContexts();
  pages = await ReactServer.start();
});
afterAll(async () => {
  await browser?.close();
  pages?.stop();
  await service?.stop();
});

describe("many rooms in one page", () => {
  test(`[VIEW-9] ${ROOMS} rooms are live, and each gets its own messages`, async () => {
    const script = await bundleProgram("many-rooms.ts");
    const query = `?host=${new URL(service.url).host}&count=${ROOMS}`;
    const { page, open, complaints } = await pages.open(await browser.newContext(), script, { query });
    await page.waitForFunction("rooms.every(({ state }) => state.status === 'live')");
    const liveAfter = (await page.evaluate("liveAfter")) as number[];
    console.log(`live after, in ms: the first ${liveAfter[0]}; the others ${liveAfter.slice(1).join(", ")}`);
    expect(liveAfter).toHaveLength(ROOMS);
    expect(open()).toBe(ROOMS);
    await page.evaluate("Promise.all(rooms.map((room) => room.publish(room.name)))");
    expect(await page.evaluate("received")).toEqual(Array.from({ length: ROOMS }, (_, i) => [`many-${i}`]));
    await page.evaluate("rooms.forEach((room) => room.leave())");
    await expect.poll(open).toBe(0);
    expect(complaints).toEqual([]);
  });
});
