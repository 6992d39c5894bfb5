import { afterAll, beforeAll, expect, test } from "vitest";
import { People } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

const RLO = "\u202e";
const PILE = `Z${"\u0301\u0327\u0489".repeat(3000)}algo`;

test.each([
  [
    "markup",
    '<img src=x onerror="document.title=1"><b>bold</b><script>1</script>',
    '"><svg onload=alert(1)>',
  ],
  ["an override", `${RLO}gnihtemos${RLO} else`, `${RLO}eteP`],
  ["a pile of marks", `${PILE} ${PILE}`, `Z${"\u0301".repeat(60)}`],
  [
    "a link that is none",
    "javascript:alert(1) https://x@evil.example/ data:text/html,<b>",
    "https://evil.example",
  ],
])("[PAGE-6] %s in a message and a name stays text, in its own place", async (what, text, name) => {
  const room = `hostile ${what}`;
  const ada = await people.person(room, "Ada");
  await people.says(room, [text], `?name=${encodeURIComponent(name)}`);
  await people.says(room, ["after it"], "?name=Bob");
  await expect.poll(() => ada.locator(".said").count()).toBe(2);
  const shown = (await ada.locator(".said .text").first().textContent()) ?? "";
  // All of it, but for marks beyond those of any script.
  expect(shown).toBe(text.replace(/(\p{M}{6})\p{M}+/gu, "$1"));
  expect(await ada.locator(".said :is(img, script, svg, b, a)").count()).toBe(0);
  expect(await ada.title()).toBe(`${room} · Dormouse`);
  // Nothing is drawn beyond its row, and the rows are one below the other.
  const boxes = await ada.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".said")].map((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      const body = row.querySelector(".body");
      return {
        top,
        bottom,
        clip: body && getComputedStyle(body).overflowY,
        wide: row.scrollWidth <= row.clientWidth,
      };
    }),
  );
  const [first, second] = boxes;
  expect(first).toMatchObject({ clip: "clip", wide: true });
  expect(second?.top).toBeGreaterThanOrEqual(first?.bottom ?? Number.NaN);
  // The time stands to the right of the name, which an override would have turned.
  const sides = await ada.evaluate(() =>
    [".name", "time"].map(
      (part) => document.querySelector(`.said ${part}`)?.getBoundingClientRect().left ?? 0,
    ),
  );
  expect(sides[1]).toBeGreaterThan(sides[0] ?? Number.NaN);
  expect(people.errors.filter((error) => !error.includes("WebSocket"))).toEqual([]);
});

test("[PAGE-6] 10,000 characters are folded, and unfolded in place", async () => {
  const ada = await people.person("hostile long", "Ada");
  await people.says("hostile long", ["a long word ".repeat(900), "x\n".repeat(3000)]);
  await expect.poll(() => ada.locator(".said").count()).toBe(2);
  const lengths = () =>
    ada.locator(".said .text").evaluateAll((all) => all.map((one) => one.textContent?.length ?? 0));
  for (const length of await lengths()) expect(length).toBeLessThan(1600);
  await ada.click(".said button >> nth=0");
  await expect.poll(() => lengths().then(([first]) => first)).toBe(10_800);
  expect(await ada.textContent(".said button >> nth=0")).toBe("Show less");
});

test("[PAGE-6] a text of a size that would hold the page up is unfolded as it was written", async () => {
  const ada = await people.person("hostile marks", "Ada");
  await people.says("hostile marks", ["a *b* _c_ `d` https://x.org/y\n".repeat(8000)]);
  await ada.waitForSelector(".said em");
  await ada.click(".said button >> nth=0");
  await expect.poll(() => ada.textContent(".said .text").then((text) => text?.length)).toBe(240_000);
  expect(await ada.locator(".said .text *").count()).toBe(0);
});
