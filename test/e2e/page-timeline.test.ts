import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, say, shows, texts, WATCH_SHIFTS } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

const numbers = (count: number, lines = 1) =>
  Array.from({ length: count }, (_, i) => Array.from({ length: lines }, () => `message ${i + 1}`).join("\n"));

test("[PAGE-2] older messages load as one scrolls up, and what is in view stays where it is", async () => {
  await people.says("long ago", numbers(200));
  const ada = await people.person("long ago", "Ada");
  await expect.poll(() => ada.locator('.said >> text="message 200"').count()).toBe(1);
  expect(await ada.locator(".said").count()).toBeLessThan(200);
  /** Scrolls to the top and tells how far the message that was first has moved once older ones are above it. */
  const moved = await ada.evaluate(async () => {
    const timeline = document.querySelector<HTMLElement>(".timeline");
    if (timeline === null) throw new Error("There is no timeline.");
    const shifts: number[] = [];
    for (;;) {
      const all = document.querySelectorAll(".said");
      const first = document.querySelector<HTMLElement>(".said");
      if (first === null || first.textContent?.endsWith("message 1")) return { shifts, count: all.length };
      timeline.scrollTop = 0;
      const before = first.getBoundingClientRect().top;
      while (document.querySelectorAll(".said").length === all.length)
        await new Promise((resolve) => requestAnimationFrame(resolve));
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      shifts.push(Math.abs(first.getBoundingClientRect().top - before));
    }
  });
  expect(moved.count).toBe(200);
  expect(moved.shifts.length).toBeGreaterThan(0);
  // The row itself may lose its author's line to one above it.
  expect(Math.max(...moved.shifts)).toBeLessThan(40);
  expect((await texts(ada)).slice(0, 3)).toEqual(["message 1", "message 2", "message 3"]);
});

test("[PAGE-7] a room of 5,000 messages costs what is in view, and a new message moves nothing", async () => {
  const other = await people.says("busy", numbers(5000));
  const ada = await people.person("busy", "Ada");
  await expect.poll(() => ada.locator(".said >> text=message 5000").count()).toBe(1);
  const all = () => ada.evaluate(() => document.querySelectorAll(".said").length);
  await ada.evaluate(async () => {
    const timeline = document.querySelector<HTMLElement>(".timeline");
    for (let count = 0; count < 5000; ) {
      if (timeline !== null) timeline.scrollTop = 0;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      count = document.querySelectorAll(".said").length;
    }
  });
  expect(await all()).toBe(5000);
  await ada.click(".to-newest");
  await expect.poll(() => ada.locator(".to-newest").count()).toBe(0);
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
  await expect.poll(() => ada.locator(".said >> text=new 20").count()).toBe(1);
  await expect
    .poll(() =>
      ada.evaluate(() => {
        const timeline = document.querySelector<HTMLElement>(".timeline");
        return timeline && timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight;
      }),
    )
    .toBeLessThan(2);
  // Of the 5,000 rows none is touched: what changes is the new ones and the run that they are in.
  expect(await ada.evaluate("changes")).toBeLessThan(20 * 12);
  expect(await ada.evaluate("shifted")).toEqual([]);
}, 90_000);

test("[PAGE-2] what comes while nobody looks is counted in the title and marked, until it is read", async () => {
  const ada = await people.person("unread", "Ada");
  const other = await people.says("unread", numbers(3));
  await shows(ada, numbers(3));
  expect(await ada.title()).toBe("unread · Dormouse");
  await ada.evaluate("document.hasFocus = () => false");
  other.send("while away");
  other.send("and another");
  await expect.poll(() => ada.title()).toBe("(2) unread · Dormouse");
  expect(await ada.locator(".new-mark + .said .text").textContent()).toBe("while away");
  await ada.evaluate("delete document.hasFocus; dispatchEvent(new Event('focus'))");
  await expect.poll(() => ada.title()).toBe("unread · Dormouse");
  expect(await ada.locator(".new-mark").count()).toBe(1);
  await say(ada, "I have read it");
  await expect.poll(() => ada.locator(".new-mark").count()).toBe(0);
});

test("[PAGE-2] whoever reads further up stays there, is told what is new, and is shown it on return", async () => {
  const ada = await people.person("up", "Ada");
  const other = await people.says("up", numbers(30, 3));
  await expect.poll(() => texts(ada).then((all) => all.length)).toBe(30);
  await ada.evaluate(WATCH_SHIFTS);
  await ada.locator(".timeline").focus();
  await ada.keyboard.press("Home");
  await ada.waitForSelector(".to-newest");
  const top = () => ada.evaluate(() => document.querySelector(".timeline")?.scrollTop);
  await expect.poll(top).toBe(0);
  other.send("below");
  await expect.poll(() => ada.textContent(".to-newest")).toBe("1 new message");
  expect(await top()).toBe(0);
  await ada.click(".to-newest");
  await expect.poll(() => ada.locator(".to-newest").count()).toBe(0);
  await expect.poll(() => ada.title()).toBe("up · Dormouse");
  await ada.close();
  other.send("while shut");
  await other.next();
  const again = await ada.context().newPage();
  await again.goto(people.address("up"));
  await live(again);
  await again.waitForSelector(".new-mark");
  expect(await again.locator(".new-mark + .said .text").textContent()).toBe("while shut");
});

test.each([
  ["45", 30, 45],
  ["more than history brings", 20, 300],
])(
  "[PAGE-2] who comes back to %s unread messages is taken to the first of them, and all stay new",
  async (what, old, fresh) => {
    const room = `back to ${what}`;
    const ada = await people.person(room, "Ada");
    const other = await people.says(room, []);
    /** Each in a frame of its own, now and when it is replayed. */
    const each = async (texts: string[]) => {
      for (const text of texts) {
        other.send(text);
        await other.next();
      }
    };
    await each(numbers(old).slice(1));
    await say(ada, "my own");
    await expect.poll(() => ada.locator(".said:not(.pending) >> text=my own").count()).toBe(1);
    await ada.close();
    await other.next();
    await each(Array.from({ length: fresh }, (_, i) => `new ${i + 1}`));
    const again = await ada.context().newPage();
    await again.goto(people.address(room));
    await expect.poll(() => again.title()).toBe(`(${fresh}) ${room} · Dormouse`);
    await again.waitForSelector(".to-newest");
    const mark = again.locator(".new-mark");
    expect(await again.locator(".new-mark + .said .text").textContent()).toBe("new 1");
    const [line, view] = [await mark.boundingBox(), await again.locator(".timeline").boundingBox()];
    expect(line?.y).toBeGreaterThan(view?.y ?? Number.NaN);
    expect(line?.y).toBeLessThan((view?.y ?? 0) + (view?.height ?? 0) / 2);
    expect(await again.textContent(".to-newest")).toBe(`${fresh} new messages`);
    await again.click(".to-newest");
    await expect.poll(() => again.title()).toBe(`${room} · Dormouse`);
  },
);

test("[PAGE-2] of more than is loaded at once all is counted, and the mark waits for its place", async () => {
  const ada = await people.person("far", "Ada");
  await people.says("far", numbers(5));
  await shows(ada, numbers(5));
  await ada.close();
  await people.says("far", numbers(1405).slice(5));
  const again = await ada.context().newPage();
  await again.goto(people.address("far"));
  await again.waitForSelector(".to-newest");
  expect(await again.textContent(".to-newest")).toBe("1400 new messages");
  expect(await again.title()).toBe("(1400) far · Dormouse");
  expect(await again.locator(".new-mark").count()).toBe(0);
  const mark = () =>
    again.evaluate(() => {
      document.querySelector(".timeline")?.scrollTo(0, 0);
      return document.querySelector(".new-mark + .said .text")?.textContent;
    });
  await expect.poll(mark).toBe("message 6");
});

test("[PAGE-2] [PAGE-5] what was missed in a cut is new, also where one has said something meanwhile", async () => {
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
  expect(await ada.locator(".new-mark + .said .text").textContent()).toBe("message 6");
  const isShown = () =>
    ada.evaluate(() => {
      const [line, view] = [".new-mark", ".timeline"].map((part) =>
        document.querySelector(part)?.getBoundingClientRect(),
      );
      return line && view && line.top >= view.top && line.bottom <= view.bottom;
    });
  await expect.poll(isShown).toBe(true);
});

test("[PAGE-2] whoever says something is taken to the end, where it stands", async () => {
  const ada = await people.person("say", "Ada");
  await people.says("say", numbers(30, 3));
  await expect.poll(() => texts(ada).then((all) => all.length)).toBe(30);
  await ada.locator(".timeline").focus();
  await ada.keyboard.press("Home");
  // A browser may glide there, and goes on with it whatever a page does meanwhile.
  await expect.poll(() => ada.evaluate(() => document.querySelector(".timeline")?.scrollTop)).toBe(0);
  await ada.waitForSelector(".to-newest");
  await say(ada, "mine");
  await expect.poll(() => ada.locator(".to-newest").count()).toBe(0);
  await expect.poll(() => ada.locator(".said").last().isVisible()).toBe(true);
});

test("[PAGE-2] a tab that is left open over night says what was today when it was", async () => {
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
