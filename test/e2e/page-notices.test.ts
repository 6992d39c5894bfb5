import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { People, say, shows } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start({ NAME_CHARS: "8", FILE_BYTES: "0" });
});
afterAll(() => people?.stop());

const attach = (page: Page, name: string, bytes: number) =>
  page.setInputFiles("input[type=file]", { name, mimeType: "video/mp4", buffer: Buffer.alloc(bytes) });
const notices = (page: Page) => page.locator(".notice").allTextContents();

test("[PAGE-13] the next message or file removes a notice, and a notice follows the language", async () => {
  const ada = await people.person("notices", "Ada");
  await attach(ada, "film.mp4", 300_000);
  await expect.poll(() => notices(ada)).toEqual([expect.stringMatching(/^film\.mp4 is 300 kB/)]);
  await ada.click(".user-button");
  await ada.check("input[name=language] >> nth=1");
  await ada.keyboard.press("Escape");
  await expect.poll(() => notices(ada)).toEqual([expect.stringMatching(/^film\.mp4 大小为 300 kB/)]);
  await say(ada, "sent later");
  await shows(ada, ["sent later"]);
  expect(await notices(ada)).toEqual([]);
  await attach(ada, "film.mp4", 300_000);
  await expect.poll(() => notices(ada)).toHaveLength(1);
  await attach(ada, "short.mp4", 300);
  await ada.waitForSelector(".message .file-attachment");
  expect(await notices(ada)).toEqual([]);
});

test("[PAGE-13] the next name removes a notice about a rejected name", async () => {
  const ada = await people.person("renamed", "Ada");
  const rename = async (name: string) => {
    await ada.click(".user-button");
    await ada.fill("#my-name", name);
    await ada.press("#my-name", "Enter");
  };
  await rename("Ada, Countess of Lovelace");
  await expect.poll(() => notices(ada)).toEqual([expect.stringContaining("rejected your name")]);
  await rename("Ada L.");
  await expect.poll(() => notices(ada)).toEqual([]);
});

test("[PAGE-5] a language chosen in one tab applies to all tabs", async () => {
  const ada = await people.person("language in tabs", "Ada");
  const other = await ada.context().newPage();
  await other.goto(people.address("language in tabs"));
  await other.click(".user-button");
  await other.check("input[name=language] >> nth=1");
  await expect.poll(() => ada.textContent("#state")).toBe("已连接");
});
