import { afterAll, beforeAll, expect, test } from "vitest";
import { People, preloaded, say } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

const history = async (room: string) => {
  const answer = await fetch(`${people.service.url}/v1/rooms/${encodeURIComponent(room)}/messages`);
  return (await answer.json()).messages as {
    from: string;
    name: string;
    data: { text: string; mentions?: string[] };
  }[];
};

test("[PAGE-22] typing @ offers members to the keyboard, and the sent message names the chosen one by id", async () => {
  const ada = await people.person("mentions", "Ada");
  await people.says("mentions", ["hello"], "?name=Mira%20Sand");
  await people.says("mentions", ["hi"], "?name=Milo");
  await people.says("mentions", ["hi too"], "?name=Milo");
  await expect.poll(() => ada.locator(".message").count()).toBe(3);
  await preloaded(ada);
  const options = ada.locator("[role=option] .name");
  await ada.locator("#text").pressSequentially("你好@mi");
  await expect.poll(() => options.allTextContents()).toEqual(["Milo", "Milo", "Mira Sand"]);
  expect(await ada.getAttribute("#text", "aria-activedescendant")).toBe("mention-0");
  await ada.keyboard.press("Escape");
  expect(await ada.locator("[role=listbox]").count()).toBe(0);
  expect(await ada.getAttribute("#text", "role")).toBe(null);
  await ada.fill("#text", "");
  await ada.locator("#text").pressSequentially("@mi");
  await ada.waitForSelector("[role=listbox]");
  await ada.keyboard.press("ArrowDown");
  await ada.keyboard.press("Enter");
  expect(await ada.inputValue("#text")).toBe("@Milo ");
  await ada.locator("#text").pressSequentially("and @Mira S");
  await ada.click("[role=option]");
  await ada.locator("#text").pressSequentially("see @Nobody");
  await ada.keyboard.press("Enter");
  await expect
    .poll(() => ada.locator(".message.own .mention").allTextContents())
    .toEqual(["@Milo", "@Mira Sand"]);
  const all = await history("mentions");
  const sent = all.at(-1);
  expect(sent?.data.text).toBe("@Milo and @Mira Sand see @Nobody");
  // The list has the latest author first.
  expect(sent?.data.mentions).toEqual([all[1]?.from, all[0]?.from]);
  await ada.press("#text", "ArrowUp");
  await ada.waitForSelector(".compose-mode");
  await ada.fill("#text", "only @Mira Sand");
  await ada.press("#text", "Enter");
  await expect.poll(() => ada.locator(".message.own .mention").count()).toBe(1);
  const edited = (await history("mentions")).find(({ name }) => name === "Ada");
  expect(edited?.data.mentions).toEqual([all[0]?.from]);
});

test("[PAGE-22] a composition of an input method neither opens the list nor loses its Enter", async () => {
  const ada = await people.person("composing", "Ada");
  await people.says("composing", ["hello"], "?name=小明");
  await expect.poll(() => ada.locator(".message").count()).toBe(1);
  await preloaded(ada);
  await ada.locator("#text").focus();
  const devtools = await ada.context().newCDPSession(ada);
  await devtools.send("Input.imeSetComposition", { text: "@x", selectionStart: 2, selectionEnd: 2 });
  expect(await ada.locator("[role=listbox]").count()).toBe(0);
  await devtools.send("Input.insertText", { text: "请@小" });
  await ada.waitForSelector("[role=option]");
  await ada.keyboard.press("Tab");
  expect(await ada.inputValue("#text")).toBe("请@小明 ");
});

test("[PAGE-23] a message that mentions the user is marked and announced, others are not", async () => {
  const ada = await people.person("called", "Ada");
  await say(ada, "here");
  await ada.waitForSelector(".message.own[data-seq]");
  const [own] = await history("called");
  const says = (text: string, mentions: unknown) =>
    fetch(`${people.service.url}/v1/rooms/called/messages?name=Bob`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ data: { text, mentions } }),
    });
  await says("@Ada, see *this*", [own?.from]);
  await ada.waitForSelector(".message.for-user .mention[data-self]");
  expect(await ada.textContent(".message.for-user .visually-hidden")).toBe("Bob mentions you");
  await expect
    .poll(() => ada.textContent('.visually-hidden[aria-live="polite"]'))
    .toContain("Bob mentions you: @Ada, see *this*");
  await says("@Ada without the id", []);
  await says("@Ada with another", ["u999"]);
  await says("many ".repeat(10) + "@Ada ".repeat(5000), [own?.from, "u1", ""]);
  await expect.poll(() => ada.locator(".message").count()).toBe(5);
  expect(await ada.locator(".message.for-user").count()).toBe(2);
  expect(await ada.locator(".message", { hasText: "without the id" }).locator(".mention").count()).toBe(0);
  expect(people.errors).toEqual([]);
});
