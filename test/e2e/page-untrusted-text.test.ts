import { afterAll, beforeAll, expect, test } from "vitest";
import { People } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

const RIGHT_TO_LEFT_OVERRIDE = "\u202e";
const STACKED_MARKS = `Z${"\u0301\u0327\u0489".repeat(3000)}algo`;

test.each([
  [
    "markup",
    '<img src=x onerror="document.title=1"><b>bold</b><script>1</script>',
    '"><svg onload=alert(1)>',
  ],
  [
    "a bidirectional override",
    `${RIGHT_TO_LEFT_OVERRIDE}gnihtemos${RIGHT_TO_LEFT_OVERRIDE} else`,
    `${RIGHT_TO_LEFT_OVERRIDE}eteP`,
  ],
  ["stacked combining marks", `${STACKED_MARKS} ${STACKED_MARKS}`, `Z${"\u0301".repeat(60)}`],
  [
    "an unsafe link",
    "javascript:alert(1) https://x@evil.example/ data:text/html,<b>",
    "https://evil.example",
  ],
])("[PAGE-6] the page shows %s in a message and a name as text, within its row", async (kind, text, name) => {
  const room = `untrusted ${kind}`;
  const ada = await people.person(room, "Ada");
  await people.says(room, [text], `?name=${encodeURIComponent(name)}`);
  await people.says(room, ["after it"], "?name=Bob");
  await expect.poll(() => ada.locator(".message").count()).toBe(2);
  const shown = (await ada.locator(".message .message-text").first().textContent()) ?? "";
  // The complete text, except for marks beyond those of any script.
  expect(shown).toBe(text.replace(/(\p{M}{6})\p{M}+/gu, "$1"));
  expect(await ada.locator(".message :is(img, script, svg, b, a)").count()).toBe(0);
  expect(await ada.title()).toBe(`${room} · Dormouse`);
  // Each row clips its content, and the rows do not overlap.
  const boxes = await ada.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".message")].map((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      const body = row.querySelector(".message-body");
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
  // An override that leaks out of the name would put the time to its left.
  const sides = await ada.evaluate(() =>
    [".name", "time"].map(
      (part) => document.querySelector(`.message ${part}`)?.getBoundingClientRect().left ?? 0,
    ),
  );
  expect(sides[1]).toBeGreaterThan(sides[0] ?? Number.NaN);
  expect(people.errors.filter((error) => !error.includes("WebSocket"))).toEqual([]);
});

test("[PAGE-6] a message of 10,000 characters is collapsed, and a button expands it", async () => {
  const ada = await people.person("untrusted long", "Ada");
  await people.says("untrusted long", ["a long word ".repeat(900), "x\n".repeat(3000)]);
  await expect.poll(() => ada.locator(".message").count()).toBe(2);
  const lengths = () =>
    ada
      .locator(".message .message-text")
      .evaluateAll((all) => all.map((one) => one.textContent?.length ?? 0));
  for (const length of await lengths()) expect(length).toBeLessThan(1600);
  await ada.click(".message button >> nth=0");
  await expect.poll(() => lengths().then(([first]) => first)).toBe(10_800);
  expect(await ada.textContent(".message button >> nth=0")).toBe("Show less");
});

test("[PAGE-6] a message of 31 lines is collapsed, and one of 30 lines is not", async () => {
  const ada = await people.person("untrusted lines", "Ada");
  await people.says("untrusted lines", ["x\n".repeat(29).concat("x"), "x\n".repeat(30).concat("x")]);
  await expect.poll(() => ada.locator(".message").count()).toBe(2);
  expect(await ada.locator(".message .link-button").allTextContents()).toEqual(["Show all 31 lines"]);
});

test("[PAGE-6] a message of 240,000 characters is expanded, and formatted up to a bound", async () => {
  const ada = await people.person("untrusted huge", "Ada");
  await people.says("untrusted huge", ["a *b* _c_ `d` https://x.org/y\n".repeat(8000)]);
  await ada.waitForSelector(".message em");
  await ada.click(".message button >> nth=0");
  await ada.waitForSelector(".message .message-text > .message-note");
  expect((await ada.textContent(".message .message-text"))?.length).toBeGreaterThan(235_000);
  expect(await ada.locator(".message .message-text *").count()).toBeLessThan(5000);
});
