import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { People, say, shows } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start({ NAME_CHARS: "8" });
});
afterAll(() => people?.stop());

const attach = (page: Page, name: string, bytes: number) =>
  page.setInputFiles("input[type=file]", { name, mimeType: "video/mp4", buffer: Buffer.alloc(bytes) });
const notices = (page: Page) => page.locator(".notice").allTextContents();

test("[PAGE-13] a notice ends with the next message or file, and speaks the language that is chosen meanwhile", async () => {
  const ada = await people.person("notices", "Ada");
  await attach(ada, "film.mp4", 300_000);
  await expect.poll(() => notices(ada)).toEqual([expect.stringMatching(/^film\.mp4 has 300 kB/)]);
  await ada.click(".myself");
  await ada.check("input[name=language] >> nth=1");
  await ada.keyboard.press("Escape");
  await expect.poll(() => notices(ada)).toEqual([expect.stringMatching(/^film\.mp4 有 300 kB/)]);
  await say(ada, "sent later");
  await shows(ada, ["sent later"]);
  expect(await notices(ada)).toEqual([]);
  await attach(ada, "film.mp4", 300_000);
  await expect.poll(() => notices(ada)).toHaveLength(1);
  await attach(ada, "short.mp4", 300);
  await ada.waitForSelector(".said .file");
  expect(await notices(ada)).toEqual([]);
});

test("[PAGE-13] a notice about a name ends with the next name", async () => {
  const ada = await people.person("renamed", "Ada");
  const rename = async (name: string) => {
    await ada.click(".myself");
    await ada.fill("#my-name", name);
    await ada.press("#my-name", "Enter");
  };
  await rename("Ada, Countess of Lovelace");
  await expect.poll(() => notices(ada)).toEqual([expect.stringContaining("does not take your name")]);
  await rename("Ada L.");
  await expect.poll(() => notices(ada)).toEqual([]);
});

test("[PAGE-5] a language that is chosen in one tab is spoken in the others", async () => {
  const ada = await people.person("tongues of tabs", "Ada");
  const other = await ada.context().newPage();
  await other.goto(people.address("tongues of tabs"));
  await other.click(".myself");
  await other.check("input[name=language] >> nth=1");
  await expect.poll(() => ada.textContent("#state")).toBe("已连接");
});
