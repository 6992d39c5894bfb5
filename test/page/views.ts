import type { Page } from "playwright-core";
import { expect } from "vitest";
import { encodeFile } from "../../src/app/files/file-envelope.ts";
import { live, openFrames, type People } from "../support/people.ts";
import { MESSAGE_VIEWS, pressEscape, type View } from "./message-views.ts";
import { roomViews } from "./room-views.ts";
import { drawImage } from "./sample-conversation.ts";
import { SEARCH_VIEWS } from "./search-views.ts";
import { fileMessages, UPLOAD_VIEWS } from "./upload-views.ts";

export const WIDTHS = { 390: 844, 1280: 800, 1920: 1080 } as const;

/** Sends with the button: on a phone, Enter starts a new line. */
const say = async (page: Page, text: string) => {
  await page.fill("#text", text);
  await page.click(".send-button");
};
const isPhone = (width: number) => width < 700;
const dialog =
  (button: string): View["open"] =>
  async (page) => {
    // On a phone, some buttons are in the drawer.
    if (!(await page.locator(button).first().isVisible())) {
      await page.click(".menu-button");
      await page.waitForSelector("dialog[open]");
    }
    await page.locator(button).last().click();
    await page.waitForSelector("dialog[open]");
  };
const panel = (button: string): Pick<View, "open" | "close"> => ({
  open: async (page) => {
    await page.click(button);
    await page.waitForSelector(".side-panel");
  },
  close: (page) => page.click(".side-panel > header button"),
});
const go = async (page: Page, room: string) => {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, encodeURIComponent(room));
  await expect.poll(() => page.title()).toContain(`${room} · `);
};

/** Every dialog, panel, popover, notice and status of the page. */
export function viewsOf(room: string): View[] {
  const back = async (page: Page) => {
    await go(page, room);
    await live(page);
    await page.waitForSelector(".message");
  };
  return [
    { name: "conversation", open: async () => {}, close: async () => {} },
    {
      name: "draft",
      open: (page) => page.fill("#text", "one line\n".repeat(30)),
      close: (page) => page.fill("#text", ""),
    },
    {
      name: "emoji",
      open: async (page) => {
        await page.click(".emoji-picker > button");
        await page.waitForSelector(".popover");
      },
      close: pressEscape,
    },
    ...MESSAGE_VIEWS,
    ...UPLOAD_VIEWS,
    ...roomViews(isPhone),
    { name: "settings", open: dialog(".user-button"), close: pressEscape },
    { name: "invite", open: dialog(".invite-button"), close: pressEscape },
    { name: "drawer", isAt: isPhone, open: dialog(".menu-button"), close: pressEscape },
    { name: "enlarged", open: dialog(".image-attachment"), close: pressEscape },
    { name: "members", ...panel(".members-button") },
    ...SEARCH_VIEWS,
    {
      name: "frames",
      open: async (page) => {
        await openFrames(page);
        for (const summary of await page.locator(".frames-help summary").all()) await summary.click();
        await page.locator(".frame.text summary").last().click();
        await page.waitForSelector(".bits");
      },
      close: panel("").close,
    },
    {
      name: "notice",
      open: async (page) => {
        const buffer = Buffer.alloc(300_000);
        const files = ["film.mp4", `${"a long name of a film ".repeat(4)}.mp4`].map((name) => ({
          name,
          mimeType: "video/mp4",
          buffer,
        }));
        await page.setInputFiles("input[type=file]", files);
        await page.waitForSelector(".notice");
      },
      close: (page) => page.click(".notice button"),
    },
    {
      name: "drop-zone",
      open: (page) => drag(page, "dragover"),
      close: (page) => drag(page, "dragleave"),
    },
    {
      name: "scrolled",
      open: async (page) => {
        await page.evaluate("document.querySelector('.timeline').scrollTop = 0");
        await page.waitForSelector(".jump-to-newest");
      },
      close: (page) => page.click(".jump-to-newest"),
    },
    {
      name: "skip-link",
      open: (page) => page.locator(".skip-link").focus(),
      close: (page) => page.locator("#text").focus(),
    },
    {
      name: "empty",
      open: async (page) => {
        await go(page, "nobody yet");
        await page.waitForSelector(".empty-room");
      },
      close: back,
    },
    {
      name: "join-error",
      open: async (page) => {
        await go(page, "no/room");
        await page.waitForSelector(".join-error");
      },
      close: back,
    },
    {
      name: "token-rejected",
      open: async (page) => {
        await page.evaluate("sessionStorage.setItem('dormouse.token', 'of.another.service')");
        await page.reload();
        await page.waitForSelector(".join-error #token");
        await say(page, "kept");
        await page.waitForSelector(".message.failed .send-error");
      },
      close: async (page) => {
        await page.evaluate("sessionStorage.clear()");
        await page.reload();
        await back(page);
      },
    },
    {
      name: "reconnecting",
      open: async (page, { network }) => {
        network.unplug();
        await page.waitForSelector('#state[data-status="waiting"]');
        await say(page, "written on the train");
        await page.waitForSelector(".message.pending");
      },
      close: async (page, { network }) => {
        network.plug();
        await page.evaluate("dispatchEvent(new Event('online'))");
        await live(page);
      },
    },
    {
      name: "offline",
      open: async (page, { network }) => {
        await page.context().setOffline(true);
        network.unplug();
        await page.waitForSelector('#state[data-status="offline"]');
      },
      close: async (page, { network }) => {
        network.plug();
        await page.context().setOffline(false);
        await live(page);
      },
    },
  ];
}

function drag(page: Page, type: string): Promise<void> {
  return page.evaluate((type) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["a"], "a.txt"));
    const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer });
    document.querySelector(".conversation")?.dispatchEvent(event);
  }, type);
}

const MARKDOWN = `## Release 0.3
Everything is **on track**, see [the *plan*](https://example.org/plan) and [example.com](https://example.org/).

- [x] page
- [ ] guides
  1. sign-in
  2. files

> Ship it when it is calm.

| part | state | kB |
|------|:-----:|---:|
${"| page | done | 39.4 |\n".repeat(2)}
\`\`\`ts
export const answer: number = await ask("life"); // 42
\`\`\``;
const PASTED = `City\tPeople\n上海\t24 870 895\n${"Llanfair".repeat(6)}\t3 040`;

/** Publishes messages of every kind, by members with long and short names. */
export async function fillRoom(people: People, room: string, page: Page): Promise<void> {
  const png = await drawImage(page);
  const image = (name: string, width: number, height: number) =>
    Buffer.from(encodeFile({ name, type: "image/png", width, height, bytes: new Uint8Array(png) }));
  const mira = ["Morning!", "which is what we wanted, I think?", "a".repeat(200), "😴"];
  const long = "Leïla Haddad of the Department of Names That Do Not Fit Anywhere";
  const code = `\`\`\`js\n${"const wide = 1; ".repeat(20)}\n\`\`\``;
  const url = `${people.service.url}/v1/rooms/${encodeURIComponent(room)}/messages`;
  const call = (path: string, init: RequestInit) => fetch(`${url}${path}`, init);
  const post = (data: unknown) =>
    call("?name=Mira", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ data }),
    });
  for (const data of await fileMessages(page)) await post(data);
  await people.says(room, mira, "?name=Mira");
  await people.says(
    room,
    ["早上好！", code, "see https://example.org/ and `code`"],
    `?name=${encodeURIComponent(long)}`,
  );
  await people.says(
    room,
    [
      image("hills.png", 880, 560),
      Buffer.from(
        encodeFile({
          name: `${"long ".repeat(20)}.pdf`,
          type: "application/pdf",
          bytes: new Uint8Array(900),
        }),
      ),
      Buffer.from([1, 2, 3]),
    ],
    "?name=Jo",
  );
  await people.says(room, ["word ".repeat(700), MARKDOWN, PASTED], "?name=Jo");
  const reply = { seq: 1, name: long, text: "Morning! ".repeat(12) };
  const answer = await post({ text: "And you? ".repeat(20), reply });
  const { messages } = await answer.json();
  for (const key of ["👍", "🎉", "❤️", "w".repeat(64), "ok", "see", "早上好"])
    await call(`/${messages[0].seq}/reactions/${encodeURIComponent(key)}`, { method: "PUT" });
}

/** Publishes messages of the user: texts, an image, and one that the service refuses. */
export async function addOwnMessages(page: Page): Promise<void> {
  await say(page, "See you all at 15:00! ".repeat(8));
  await say(page, "ok");
  await say(page, "x".repeat(300_000));
  await page.waitForSelector(".message.failed");
  await page.setInputFiles("input[type=file]", {
    name: "screen.png",
    mimeType: "image/png",
    buffer: await page.screenshot(),
  });
  await expect.poll(() => page.locator(".pending").count()).toBe(0);
  await page.waitForSelector(".message.own .image-attachment img");
}
