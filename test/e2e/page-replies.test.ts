import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deleteMessage, messageRow as row, useTool } from "../support/message-tools.ts";
import { People, say, shows, texts } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

const WIDE = { viewport: { width: 1280, height: 800 } };

const use = (page: Page, text: string, tool: string) => useTool(row(page, text), tool);

/** Publishes any data. @returns its seq */
async function publish(room: string, data: unknown): Promise<number> {
  const response = await fetch(
    `${people.service.url}/v1/rooms/${encodeURIComponent(room)}/messages?name=Eve`,
    {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ data }),
    },
  );
  expect(response.status).toBe(201);
  const { messages } = await response.json();
  return messages[0].seq;
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `message ${i + 1}`);

const isInView = (page: Page, selector: string) =>
  page.evaluate((selector) => {
    const [box, view] = [selector, ".timeline"].map((part) =>
      document.querySelector(part)?.getBoundingClientRect(),
    );
    return box !== undefined && view !== undefined && box.top >= view.top && box.bottom <= view.bottom;
  }, selector);

describe("reactions", () => {
  test("[PAGE-15] reactions are buttons with a count and names, and toggle the user's own", async () => {
    const ada = await people.person("reactions", "Ada", WIDE);
    const bob = await people.person("reactions", "Bob", WIDE);
    await say(ada, "well?");
    await shows(bob, ["well?"]);
    await use(bob, "well?", "React");
    await bob.getByRole("button", { name: "React with 🎉" }).click();
    const button = (page: Page) => page.locator(".reactions button");
    await expect.poll(() => button(ada).textContent()).toBe("🎉 1");
    expect(await button(ada).getAttribute("aria-pressed")).toBe("false");
    expect(await button(ada).getAttribute("title")).toContain("Bob");
    await button(ada).click();
    await expect.poll(() => button(bob).textContent()).toBe("🎉 2");
    await expect.poll(() => button(ada).getAttribute("aria-pressed")).toBe("true");
    expect(await button(bob).getAttribute("title")).toMatch(/Bob.*Ada/);
    await use(ada, "well?", "React");
    await ada.locator(".message-menu input").fill("ship it");
    await ada.locator(".message-menu input").press("Enter");
    await expect.poll(() => button(bob).allTextContents()).toEqual(["ship it 1", "🎉 2"]);
    await button(ada).filter({ hasText: "🎉" }).click();
    await button(bob).filter({ hasText: "🎉" }).click();
    await expect.poll(() => button(ada).allTextContents()).toEqual(["ship it 1"]);
    expect(people.errors).toEqual([]);
  });

  test("[PAGE-15] of a hundred clicks on a reaction the last one counts, and few of them are sent", async () => {
    const ada = await people.person("clicks", "Ada", WIDE);
    const seq = await publish("clicks", { text: "click" });
    const url = `${people.service.url}/v1/rooms/clicks/messages/${seq}`;
    await fetch(`${url}/reactions/ok`, { method: "PUT" });
    await ada.waitForSelector(".reactions button");
    await ada.evaluate(() => {
      const button = document.querySelector<HTMLElement>(".reactions button");
      for (let i = 0; i < 101; i++) button?.click();
    });
    await expect.poll(() => ada.locator(".reactions button").textContent()).toBe("ok 2");
    await say(ada, "afterwards");
    await shows(ada, ["click", "afterwards"]);
    const last = await ada.locator(".message").last().getAttribute("data-seq");
    expect(Number(last)).toBeLessThan(seq + 5);
    expect(await ada.locator(".reactions button").textContent()).toBe("ok 2");
  });
});

describe("replies", () => {
  test("[PAGE-16] a reply quotes its source as it is now, and jumps to it", async () => {
    const ada = await people.person("replies", "Ada", WIDE);
    const bob = await people.person("replies", "Bob", WIDE);
    await say(ada, "question");
    await shows(bob, ["question"]);
    await use(bob, "question", "Reply");
    await bob.press("#text", "Escape");
    await expect.poll(() => bob.locator(".compose-mode").count()).toBe(0);
    await use(bob, "question", "Reply");
    await say(bob, "answer");
    const quote = ada.locator(".quote");
    await expect.poll(() => quote.textContent()).toBe("Adaquestion");
    await say(bob, "no reply");
    await shows(ada, ["question", "answer", "no reply"]);
    expect(await row(ada, "no reply").locator(".quote").count()).toBe(0);
    await quote.click();
    await ada.waitForSelector("[data-highlighted]:focus");
    expect(await ada.locator("[data-highlighted] .message-text").textContent()).toBe("question");
    // All of the conversation is in view, so nothing had to scroll.
    expect(await ada.locator(".jump-to-newest").count()).toBe(0);
    await ada.press("#text", "ArrowUp");
    await expect.poll(() => ada.inputValue("#text")).toBe("question");
    await ada.fill("#text", "another question");
    await ada.press("#text", "Enter");
    await expect.poll(() => bob.locator(".quote").textContent()).toBe("Adaanother question");
    await deleteMessage(ada.locator(".message.own"));
    await expect.poll(() => bob.locator(".quote").textContent()).toBe("AdaThis message was deleted.");
  });

  test("[PAGE-16] an edit of a reply keeps what it answers, and a reply that waits for a connection, too", async () => {
    const ada = await people.person("kept replies", "Ada", WIDE);
    await people.says("kept replies", ["source"]);
    await shows(ada, ["source"]);
    await use(ada, "source", "Reply");
    people.network.unplug();
    await ada.waitForSelector('#state:not([data-status="live"])');
    await say(ada, "waits");
    await expect.poll(() => ada.locator(".pending .quote").textContent()).toContain("source");
    await ada.reload().catch(() => {});
    people.network.plug();
    // The error page of the reload may interrupt a navigation.
    const arrives = () =>
      ada.goto(people.address("kept replies")).then(
        () => true,
        () => false,
      );
    await expect.poll(arrives).toBe(true);
    await shows(ada, ["source", "waits"]);
    expect(await row(ada, "waits").locator(".quote").textContent()).toContain("source");
    await ada.press("#text", "ArrowUp");
    await expect.poll(() => ada.inputValue("#text")).toBe("waits");
    await ada.fill("#text", "waited");
    await ada.press("#text", "Enter");
    await shows(ada, ["source", "waited"]);
    expect(await row(ada, "waited").locator(".quote").textContent()).toContain("source");
  });

  test("[PAGE-16] [PAGE-6] a reply of another client is shown within bounds, or not at all", async () => {
    const ada = await people.person("hostile replies", "Ada", WIDE);
    const replies: unknown[] = [
      "text",
      { seq: -1, name: "a", text: "b" },
      { seq: 1.5, name: "a", text: "b" },
      { seq: 1, name: 5, text: "b" },
      { seq: 1, name: "a" },
      [],
    ];
    for (const reply of replies) await publish("hostile replies", { text: "none", reply });
    await shows(
      ada,
      Array.from(replies, () => "none"),
    );
    expect(await ada.locator(".quote").count()).toBe(0);
    const reply = {
      seq: 9999,
      name: `\u202e<b>${"n".repeat(5000)}`,
      text: `<img src=x>\n${"t".repeat(9000)}`,
    };
    await publish("hostile replies", { text: "one", reply });
    const quote = ada.locator(".quote");
    await expect.poll(() => quote.count()).toBe(1);
    const text = (await quote.textContent()) ?? "";
    expect(text).toContain("<b>nnn");
    expect(text).toContain("<img src=x> ttt");
    expect(text.length).toBeLessThan(250);
    const box = await quote.boundingBox();
    expect(box?.height).toBeLessThan(40);
    await quote.click();
    await expect.poll(() => ada.textContent(".notice")).toContain("No message of this room has this number.");
  });

  test("[PAGE-16] a quote loads its source from far above", async () => {
    await people.says("far source", numbers(400));
    const seq = await publish("far source", {
      text: "late answer",
      reply: { seq: 3, name: "x", text: "message 3" },
    });
    expect(seq).toBe(401);
    const ada = await people.person("far source", "Ada", WIDE);
    await row(ada, "late answer").waitFor();
    expect(await texts(ada)).not.toContain("message 3");
    await ada.locator(".quote").click();
    await ada.waitForSelector('[data-seq="3"][data-highlighted]');
    await expect.poll(() => isInView(ada, "[data-highlighted]")).toBe(true);
  });
});

describe("links to messages", () => {
  test("[PAGE-17] a link opens the room at its message, and highlights it", async () => {
    const room = "linked @ 5";
    await people.says(room, numbers(300));
    const ada = await people.person(room, "Ada", WIDE);
    await shows(ada, numbers(300).slice(-60));
    // A log that ends with an operation is loaded to its end, too.
    const messages = `${people.service.url}/v1/rooms/${encodeURIComponent(room)}/messages`;
    await fetch(`${messages}/300/reactions/ok`, { method: "PUT" });
    await ada.waitForSelector(".reactions button");
    const link = `${people.address(room)}@7`;
    const tab = await ada.context().newPage();
    await tab.goto(link);
    await tab.waitForSelector('[data-seq="7"][data-highlighted]');
    await expect.poll(() => isInView(tab, "[data-highlighted]")).toBe(true);
    expect(await tab.title()).toContain(`${room} · Dormouse`);
    await ada.evaluate((hash) => {
      location.hash = hash;
    }, new URL(link).hash);
    await ada.waitForSelector('[data-seq="7"][data-highlighted]');
    await say(ada, "at the end");
    await expect.poll(() => isInView(ada, ".message:last-child .delivery-status")).toBe(true);
  });

  test.each([
    ["beyond the log", "short", 999],
    ["of another room", "nobody was here", 3],
  ])(
    "[PAGE-17] a link to a message %s says that the room has no message with this number",
    async (_, room, seq) => {
      if (room === "short") await people.says(room, ["only"]);
      const ada = await people.person(room, "Ada", WIDE);
      await ada.goto(`${people.address(room)}@${seq}`);
      await expect
        .poll(() => ada.textContent(".notice"))
        .toContain("No message of this room has this number.");
    },
  );
});
