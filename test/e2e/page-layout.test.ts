import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { faultsOf } from "../page/layout.ts";
import { fill, takePart, viewsOf, WIDTHS } from "../page/views.ts";
import { live, People } from "../support/people.ts";

const ROOM = "release party";
const SHOTS = process.env.SHOTS;

let people: People;
beforeAll(async () => {
  people = await People.start();
  await fill(people, ROOM, await people.person("easel", ""));
});
afterAll(() => people?.stop());

const PHONE: BrowserContextOptions = { isMobile: true, hasTouch: true };
/** Clocks of twelve hours are the widest. */
const TONGUES = { en: "en-US", "zh-CN": "zh-TW" } as const;

/** As if somebody chose it in another tab. */
async function speak(page: Page, language: keyof typeof TONGUES): Promise<void> {
  await page.evaluate((newValue) => {
    const key = "dormouse.language";
    localStorage.setItem(key, newValue);
    dispatchEvent(new StorageEvent("storage", { key, newValue }));
  }, language);
  if (!SHOTS) await expect.poll(() => page.getAttribute("html", "lang")).toBe(language);
}

async function inAllLooks(page: Page, name: string): Promise<string[]> {
  const faults = new Map<string, string[]>();
  for (const language of Object.keys(TONGUES) as (keyof typeof TONGUES)[]) {
    await speak(page, language);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const fault of await faultsOf(page))
        faults.set(fault, [...(faults.get(fault) ?? []), `${language} ${colorScheme}`]);
      if (SHOTS && colorScheme === (language === "en" ? "light" : "dark")) await page.screenshot({ path: `${SHOTS}/${page.viewportSize()?.width}-${name}-${language}.png` });
    }
  }
  return [...faults].map(([fault, looks]) => `${name}: ${fault} (${looks.join(", ")})`);
}

test.each(Object.entries(WIDTHS))(
  "[PAGE-10] at %s px nothing lies on another, is cut off or out of reach, whatever is open",
  async (width, height) => {
    const viewport = { width: Number(width), height };
    const options = { viewport, locale: "en-US", ...(viewport.width < 700 && PHONE) };
    const page = await people.person(ROOM, "", options);
    await page.context().addInitScript((languages) => {
      Object.defineProperty(navigator, "languages", { get: () => languages });
    }, Object.values(TONGUES));
    await page.reload();
    const faults = await inAllLooks(page, "welcome");
    await page.fill("#my-name", "Ada Lovelace");
    await page.press("#my-name", "Enter");
    await live(page);
    await takePart(page);
    for (const { name, isAt, open, close } of viewsOf(ROOM)) {
      if (isAt?.(viewport.width) === false) continue;
      await open(page, people);
      faults.push(...(await inAllLooks(page, name)));
      await close(page, people);
    }
    expect(faults).toEqual([]);
  },
  120_000,
);
