import { afterAll, beforeAll, expect, test } from "vitest";
import { pack } from "../../src/app/file/envelope.ts";
import { live, People, say, shows, texts } from "../support/people.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

const numbers = (count: number, lines = 1) =>
  Array.from({ length: count }, (_, i) => Array.from({ length: lines }, () => `message ${i + 1}`).join("\n"));

/** Adds up what moved without having been asked to, as browsers count it (Layout Instability API). */
const WATCH_SHIFTS = `(() => {
  globalThis.shifted = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      shifted.push({ value, what: sources.map(({ node }) => node?.className ?? node?.nodeName) });
    }
  }).observe({ type: "layout-shift" });
})()`;

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

test("[PAGE-2] an image crosses, by button, paste and drop; what is too large is scaled, or refused", async () => {
  const ada = await people.person("pictures", "Ada");
  const bob = await people.person("pictures", "Bob");
  await bob.evaluate(WATCH_SHIFTS);
  const png = await ada.screenshot();
  await ada.setInputFiles("input[type=file]", {
    name: "<b>page</b>.png",
    mimeType: "image/png",
    buffer: png,
  });
  const sizes = () =>
    bob.evaluate(() =>
      [...document.querySelectorAll("img")].map(({ naturalWidth }) => naturalWidth).slice(1),
    );
  await expect.poll(sizes).toEqual([1100]);
  expect(await bob.locator(".image").getAttribute("aria-label")).toBe(
    "Image from Ada: <b>page</b>.png. Enlarge <b>page</b>.png",
  );
  // Noise is what no format makes smaller: 12 MB of it, as a photo is, must be scaled to cross.
  for (const [i, type] of ["paste", "drop"].entries()) {
    await ada.evaluate(async (type) => {
      const canvas = new OffscreenCanvas(2400, 1200);
      const context = canvas.getContext("2d");
      const image = new ImageData(2400, 1200);
      for (let at = 0; at < image.data.length; at += 65_536)
        crypto.getRandomValues(
          new Uint8Array(image.data.buffer, at, Math.min(65_536, image.data.length - at)),
        );
      context?.putImageData(image, 0, 0);
      const files = new DataTransfer();
      files.items.add(
        new File([await canvas.convertToBlob({ type: "image/png" })], "photo.png", { type: "image/png" }),
      );
      const init = { bubbles: true, cancelable: true };
      document
        .querySelector("#text")
        ?.dispatchEvent(
          type === "paste"
            ? new ClipboardEvent(type, { ...init, clipboardData: files })
            : new DragEvent(type, { ...init, dataTransfer: files }),
        );
    }, type);
    await expect.poll(() => sizes().then(({ length }) => length)).toBe(i + 2);
  }
  const [, pasted = 0] = await sizes();
  expect(pasted).toBeGreaterThan(300);
  expect(pasted).toBeLessThan(2400);
  await ada.setInputFiles("input[type=file]", [
    { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("kept") },
    { name: "film.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(300_000) },
  ]);
  await bob.waitForSelector(".said .file");
  const [download] = await Promise.all([bob.waitForEvent("download"), bob.click(".said .file")]);
  expect(download.suggestedFilename()).toBe("notes.txt");
  expect(await ada.textContent(".notice")).toContain("film.mp4");
  expect(await ada.locator(".said.pending, .said.failed").count()).toBe(0);
  await bob.click(".image >> nth=0");
  await bob.waitForSelector("dialog[open] img");
  await bob.keyboard.press("Escape");
  await expect.poll(() => bob.locator("dialog").count()).toBe(0);
  expect(await bob.evaluate("shifted")).toEqual([]);
  await bob.reload();
  await live(bob);
  await expect.poll(() => sizes().then(({ length }) => length)).toBe(3);
  expect(people.errors).toEqual([]);
}, 60_000);

test.each([
  ["as wide as it says", 640, 480, 4 / 3],
  ["a tower", 1, 20_000, 1 / 6],
  ["a thread", 20_000, 1, 6],
])(
  "[PAGE-2] an image that is %s by its header takes its place and no more",
  async (what, width, height, ratio) => {
    const ada = await people.person(what, "Ada", { viewport: { width: 390, height: 844 } });
    const bytes = new Uint8Array(await ada.screenshot());
    await people.says(what, [Buffer.from(pack({ name: "a.png", type: "image/png", width, height, bytes }))]);
    await ada.waitForSelector(".image img");
    const box = (await ada.locator(".image").boundingBox()) ?? { width: 0, height: 0 };
    expect(box.width / box.height).toBeCloseTo(ratio, 1);
    expect(box.height).toBeLessThanOrEqual(320);
    expect(box.height).toBeGreaterThanOrEqual(48);
  },
);

test("[PAGE-2] images that browsers write are shown", async () => {
  const ada = await people.person("formats", "Ada");
  await ada.evaluate(async () => {
    const canvas = new OffscreenCanvas(64, 48);
    canvas.getContext("2d");
    const dataTransfer = new DataTransfer();
    for (const type of ["image/png", "image/jpeg", "image/webp"])
      dataTransfer.items.add(new File([await canvas.convertToBlob({ type })], "a", { type }));
    document
      .querySelector("#text")
      ?.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
  });
  const sizes = () =>
    ada
      .locator(".said:not(.pending) img")
      .evaluateAll((all) => all.map((img) => (img as HTMLImageElement).naturalWidth));
  await expect.poll(sizes).toEqual([64, 64, 64]);
});

test("[PAGE-2] an image that the sender's browser cannot decode crosses as a file", async () => {
  const ada = await people.person("heic", "Ada");
  const file = (name: string, bytes: number) => ({
    name,
    mimeType: "image/heic",
    buffer: Buffer.alloc(bytes, 7),
  });
  await ada.setInputFiles("input[type=file]", [file("small.heic", 1000), file("large.heic", 300_000)]);
  await expect.poll(() => ada.textContent(".notice")).toContain("large.heic has 300 kB");
  await expect
    .poll(() => ada.locator(".said:not(.pending) .file .name").allTextContents())
    .toEqual(["small.heic"]);
});

test("[PAGE-2] whoever says something is taken to the end, where it stands", async () => {
  const ada = await people.person("say", "Ada");
  await people.says("say", numbers(30, 3));
  await expect.poll(() => texts(ada).then((all) => all.length)).toBe(30);
  await ada.locator(".timeline").focus();
  await ada.keyboard.press("Home");
  await ada.waitForSelector(".to-newest");
  await say(ada, "mine");
  await expect.poll(() => ada.locator(".to-newest").count()).toBe(0);
  await expect.poll(() => ada.locator(".said").last().isVisible()).toBe(true);
});
