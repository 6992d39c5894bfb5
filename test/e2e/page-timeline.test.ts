import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, say, shows, texts, WATCH_SHIFTS } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

const numbers = (count: number, lines = 1) =>
  Array.from({ length: count }, (_, i) => Array.from({ length: lines }, () => `message ${i + 1}`).join("\n"));

test("[PAGE-2] scrolling up loads older messages, and the messages in view stay in place", async () => {
  await people.says("long ago", numbers(200));
  const ada = await people.person("long ago", "Ada");
  await expect.poll(() => ada.locator('.message >> text="message 200"').count()).toBe(1);
  expect(await ada.locator(".message").count()).toBeLessThan(200);
  /** Scrolls to the top repeatedly, and records how far the first message moves when older ones are added above it. */
  const moved = await ada.evaluate(async () => {
    const timeline = document.querySelector<HTMLElement>(".timeline");
    if (timeline === null) throw new Error("The page has no timeline.");
    const shifts: number[] = [];
    for (;;) {
      const all = document.querySelectorAll(".message");
      const first = document.querySelector<HTMLElement>(".message");
      if (first === null || first.textContent?.endsWith("message 1")) return { shifts, count: all.length };
      timeline.scrollTop = 0;
      const before = first.getBoundingClientRect().top;
      while (document.querySelectorAll(".message").length === all.length)
        await new Promise((resolve) => requestAnimationFrame(resolve));
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      shifts.push(Math.abs(first.getBoundingClientRect().top - before));
    }
  });
  expect(moved.count).toBe(200);
  expect(moved.shifts.length).toBeGreaterThan(0);
  // The row itself may lose its header to the group above it.
  expect(Math.max(...moved.shifts)).toBeLessThan(40);
  expect((await texts(ada)).slice(0, 3)).toEqual(["message 1", "message 2", "message 3"]);
});

test("[PAGE-7] a room of 5,000 messages renders only what is in view, and a new message moves nothing", async () => {
  const other = await people.says("busy", numbers(5000));
  const ada = await people.person("busy", "Ada");
  await expect.poll(() => ada.locator(".message >> text=message 5000").count()).toBe(1);
  const all = () => ada.evaluate(() => document.querySelectorAll(".message").length);
  await ada.evaluate(async () => {
    const timeline = document.querySelector<HTMLElement>(".timeline");
    for (let count = 0; count < 5000; ) {
      if (timeline !== null) timeline.scrollTop = 0;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      count = document.querySelectorAll(".message").length;
    }
  });
  expect(await all()).toBe(5000);
  await ada.click(".jump-to-newest");
  await expect.poll(() => ada.locator(".jump-to-newest").count()).toBe(0);
  const chunks = await ada.evaluate(() =>
    [...document.querySelectorAll(".chunk")].map((chunk) =>
      chunk.firstElementChild?.checkVisibility({ contentVisibilityAuto: true }),
    ),
  );
  expect(chunks.length).toBeGreaterThan(120);
  expect(chunks.filter((isRendered) => isRendered).length).toBeLessThan(8);
  await ada.evaluate(`${WATCH_SHIFTS};
    globalThis.changes = 0;
    new MutationObserver((list) => { changes += list.length; })
      .observe(document.querySelector(".timeline"), { subtree: true, childList: true, attributes: true });`);
  for (let i = 1; i <= 20; i++) other.send(`new ${i}`);
  await expect.poll(() => ada.locator(".message >> text=new 20").count()).toBe(1);
  await expect
    .poll(() =>
      ada.evaluate(() => {
        const timeline = document.querySelector<HTMLElement>(".timeline");
        return timeline && timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight;
      }),
    )
    .toBeLessThan(2);
  // Only the new rows and their chunk change, not the 5,000 others.
  expect(await ada.evaluate("changes")).toBeLessThan(20 * 12);
  expect(await ada.evaluate("shifted")).toEqual([]);
}, 90_000);

test("[PAGE-7] a page that holds as much as it may drops the newest messages while the user reads old ones, and returns to them", async () => {
  const heavy = numbers(100).map((text) => `${text}\n${"x".repeat(200_000)}`);
  const other = await people.says("heavy", heavy);
  const ada = await people.person("heavy", "Ada");
  const has = (text: string) => ada.locator(".message", { hasText: new RegExp(`${text}\\s*x`) }).count();
  await expect.poll(() => has("message 100")).toBe(1);
  await expect
    .poll(
      async () => {
        await ada.evaluate(() => document.querySelector(".timeline")?.scrollTo(0, 0));
        return has("message 1");
      },
      { timeout: 60_000 },
    )
    .toBe(1);
  expect(await has("message 100")).toBe(0);
  other.send("the newest");
  await expect.poll(() => ada.textContent(".jump-to-newest")).toBe("1 new message");
  await ada.click(".jump-to-newest");
  await expect.poll(() => ada.locator(".message >> text=the newest").count()).toBe(1);
  await expect.poll(() => ada.locator(".jump-to-newest").count()).toBe(0);
  await expect.poll(() => ada.title()).toBe("heavy · Dormouse");
}, 120_000);

test("[PAGE-2] messages that arrive while the page has no focus are counted in the title and marked until they are read", async () => {
  const ada = await people.person("unread", "Ada");
  const other = await people.says("unread", numbers(3));
  await shows(ada, numbers(3));
  expect(await ada.title()).toBe("unread · Dormouse");
  await ada.evaluate("document.hasFocus = () => false");
  other.send("while away");
  other.send("and another");
  await expect.poll(() => ada.title()).toBe("(2) unread · Dormouse");
  expect(await ada.locator(".unread-divider + .message .message-text").textContent()).toBe("while away");
  await ada.evaluate("delete document.hasFocus; dispatchEvent(new Event('focus'))");
  await expect.poll(() => ada.title()).toBe("unread · Dormouse");
  expect(await ada.locator(".unread-divider").count()).toBe(1);
  await say(ada, "I have read it");
  await expect.poll(() => ada.locator(".unread-divider").count()).toBe(0);
});

test("[PAGE-2] a user who scrolled up stays there and sees how many messages are new; the next visit starts at the unread ones", async () => {
  const ada = await people.person("up", "Ada");
  const other = await people.says("up", numbers(30, 3));
  await expect.poll(() => texts(ada).then((all) => all.length)).toBe(30);
  await ada.evaluate(WATCH_SHIFTS);
  await ada.locator(".timeline").focus();
  await ada.keyboard.press("Home");
  await ada.waitForSelector(".jump-to-newest");
  const top = () => ada.evaluate(() => document.querySelector(".timeline")?.scrollTop);
  await expect.poll(top).toBe(0);
  other.send("below");
  await expect.poll(() => ada.textContent(".jump-to-newest")).toBe("1 new message");
  expect(await top()).toBe(0);
  await ada.click(".jump-to-newest");
  await expect.poll(() => ada.locator(".jump-to-newest").count()).toBe(0);
  expect(await ada.evaluate(() => document.activeElement?.id)).toBe("text");
  await expect.poll(() => ada.title()).toBe("up · Dormouse");
  await ada.close();
  other.send("while closed");
  await other.next();
  const reopened = await ada.context().newPage();
  await reopened.goto(people.address("up"));
  await live(reopened);
  await reopened.waitForSelector(".unread-divider");
  expect(await reopened.locator(".unread-divider + .message .message-text").textContent()).toBe(
    "while closed",
  );
});

test.each([
  ["45", 30, 45],
  ["more than the history has", 20, 300],
])(
  "[PAGE-2] a page that opens with %s unread messages scrolls to the first one, and all stay unread",
  async (count, old, added) => {
    const room = `back to ${count}`;
    const ada = await people.person(room, "Ada");
    const other = await people.says(room, []);
    /** Sends each text in a frame of its own, so that a replay has as many frames. */
    const sendEach = async (texts: string[]) => {
      for (const text of texts) {
        other.send(text);
        await other.next();
      }
    };
    await sendEach(numbers(old).slice(1));
    await say(ada, "my own");
    await expect.poll(() => ada.locator(".message:not(.pending) >> text=my own").count()).toBe(1);
    await ada.close();
    await other.next();
    await sendEach(Array.from({ length: added }, (_, i) => `new ${i + 1}`));
    const reopened = await ada.context().newPage();
    await reopened.goto(people.address(room));
    await expect.poll(() => reopened.title()).toBe(`(${added}) ${room} · Dormouse`);
    await reopened.waitForSelector(".jump-to-newest");
    const mark = reopened.locator(".unread-divider");
    expect(await reopened.locator(".unread-divider + .message .message-text").textContent()).toBe("new 1");
    const [line, view] = [await mark.boundingBox(), await reopened.locator(".timeline").boundingBox()];
    expect(line?.y).toBeGreaterThan(view?.y ?? Number.NaN);
    expect(line?.y).toBeLessThan((view?.y ?? 0) + (view?.height ?? 0) / 2);
    expect(await reopened.textContent(".jump-to-newest")).toBe(`${added} new messages`);
    await reopened.click(".jump-to-newest");
    await expect.poll(() => reopened.title()).toBe(`${room} · Dormouse`);
  },
);

test("[PAGE-2] 1,400 unread messages are all counted, and the divider appears once its place is loaded", async () => {
  const ada = await people.person("far", "Ada");
  await people.says("far", numbers(5));
  await shows(ada, numbers(5));
  await ada.close();
  await people.says("far", numbers(1405).slice(5));
  const reopened = await ada.context().newPage();
  await reopened.goto(people.address("far"));
  await reopened.waitForSelector(".jump-to-newest");
  await expect.poll(() => reopened.textContent(".jump-to-newest")).toBe("1400 new messages");
  await expect.poll(() => reopened.title()).toBe("(1400) far · Dormouse");
  expect(await reopened.locator(".unread-divider").count()).toBe(0);
  const mark = () =>
    reopened.evaluate(() => {
      document.querySelector(".timeline")?.scrollTo(0, 0);
      return document.querySelector(".unread-divider + .message .message-text")?.textContent;
    });
  await expect.poll(mark).toBe("message 6");
});

test("[PAGE-2] [PAGE-5] messages missed while offline are unread and announced, even if the user sent one meanwhile", async () => {
  const ada = await people.person("cut", "Ada");
  await people.says("cut", numbers(5));
  await shows(ada, numbers(5));
  people.network.unplug();
  await ada.waitForSelector('#state:not([data-status="live"])');
  await say(ada, "mine");
  await people.says("cut", numbers(35).slice(5));
  people.network.plug();
  await expect
    .poll(() => ada.textContent('[aria-live="polite"]'), { timeout: 20_000 })
    .toContain("30 new messages");
  await expect.poll(() => texts(ada).then((all) => all.at(-1)), { timeout: 20_000 }).toBe("mine");
  await expect.poll(() => ada.title()).toBe("(30) cut · Dormouse");
  expect(await ada.locator(".unread-divider + .message .message-text").textContent()).toBe("message 6");
  const isShown = () =>
    ada.evaluate(() => {
      const [line, view] = [".unread-divider", ".timeline"].map((part) =>
        document.querySelector(part)?.getBoundingClientRect(),
      );
      return line && view && line.top >= view.top && line.bottom <= view.bottom;
    });
  await expect.poll(isShown).toBe(true);
});

test("[PAGE-2] sending a message scrolls to the end", async () => {
  const ada = await people.person("say", "Ada");
  await people.says("say", numbers(30, 3));
  await expect.poll(() => texts(ada).then((all) => all.length)).toBe(30);
  await ada.locator(".timeline").focus();
  await ada.keyboard.press("Home");
  await ada.waitForSelector(".jump-to-newest");
  await say(ada, "mine");
  await expect.poll(() => ada.locator(".jump-to-newest").count()).toBe(0);
  await expect.poll(() => ada.locator(".message").last().isVisible()).toBe(true);
});

test("[PAGE-2] a tab that stays open overnight updates Today to Yesterday", async () => {
  const ada = await people.person("overnight", "Ada");
  await say(ada, "before midnight");
  await shows(ada, ["before midnight"]);
  await ada.clock.install();
  await ada.reload();
  const days = () => ada.locator(".day").allTextContents();
  await expect.poll(days).toEqual(["Today"]);
  await ada.clock.fastForward(24 * 3_600_000);
  await expect.poll(days).toEqual(["Yesterday"]);
});
