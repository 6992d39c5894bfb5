import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserContexts, type Contexts } from "../support/browser.ts";
import { blockUnder } from "../support/doc-examples.ts";
import { type Service, startService } from "../support/service.ts";
import { bundleRecipe } from "./client-pages/frameworks.ts";
import { ReactServer } from "./react/page.ts";

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

describe("the recipes of docs/CLIENT.md", () => {
  test.each(["Vue", "Svelte", "Solid"])(
    "[VIEW-8] show a timeline in %s, in under 20 lines, and leave the room with the view",
    async (framework) => {
      const recipe = blockUnder("docs/CLIENT.md", framework, "###");
      expect(recipe.split("\n").length).toBeLessThan(20);
      const script = await bundleRecipe(framework, recipe);
      const query = `?host=${new URL(service.url).host}&room=${framework}`;
      const join = async () => pages.open(await browser.newContext(), script, { query });
      const [ada, bob] = [await join(), await join()];
      const say = ({ page }: typeof ada, text: string) =>
        page.evaluate(
          (said) =>
            (globalThis as never as { room: { publish(data: object): Promise<object> } }).room.publish({
              text: said,
            }),
          text,
        );
      const sent = ({ page }: typeof ada) => page.locator("li.sent").allTextContents();
      await say(ada, "one");
      await say(bob, "two");
      for (const one of [ada, bob]) await expect.poll(() => sent(one)).toEqual(["one", "two"]);
      const late = await join();
      await expect.poll(() => sent(late)).toEqual(["one", "two"]);
      await late.page.evaluate("unmount()");
      await expect.poll(late.open).toBe(0);
      expect(await late.page.locator("li").count()).toBe(0);
      expect([ada, bob, late].flatMap(({ complaints }) => complaints)).toEqual([]);
    },
  );
});
