import type { Page } from "playwright-core";
import { expect } from "vitest";
import { pack } from "../../src/app/file/envelope.ts";
import { live, type People } from "../support/people.ts";
import { picture } from "./scene.ts";

/** One state of the page to look at or to measure: how to get there from the conversation, and back. */
export type View = {
  name: string;
  /** Absent: at every width. */
  isAt?: (width: number) => boolean;
  open(page: Page, people: People): Promise<void>;
  close(page: Page, people: People): Promise<void>;
};

export const WIDTHS = { 390: 844, 1280: 800, 1920: 1080 } as const;

/** By the button: on a phone Enter makes a line. */
const say = async (page: Page, text: string) => {
  await page.fill("#text", text);
  await page.click(".send");
};
const isPhone = (width: number) => width < 700;
const dismiss = async (page: Page) => {
  await page.keyboard.press("Escape");
  await expect.poll(() => page.locator("dialog, .popover").count()).toBe(0);
};
const dialog =
  (button: string): View["open"] =>
  async (page) => {
    // On a phone some of them stand in the drawer.
    if (!(await page.locator(button).first().isVisible())) await page.click(".only-narrow");
    await page.locator(button).last().click();
    await page.waitForSelector("dialog[open]");
  };
const panel = (button: string): Pick<View, "open" | "close"> => ({
  open: async (page) => {
    await page.click(button);
    await page.waitForSelector(".beside");
  },
  close: (page) => page.click(".beside > header button"),
});
const go = async (page: Page, room: string) => {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, encodeURIComponent(room));
  await expect.poll(() => page.title()).toContain(`${room} · `);
};

/** All that can be opened in a conversation, and all that it may say about itself. */
export function viewsOf(room: string): View[] {
  const back = async (page: Page) => {
    await go(page, room);
    await live(page);
    await page.waitForSelector(".said");
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
      close: dismiss,
    },
    { name: "settings", open: dialog(".myself"), close: dismiss },
    { name: "invite", open: dialog(".top .icon-button:nth-of-type(2)"), close: dismiss },
    { name: "drawer", isAt: isPhone, open: dialog(".only-narrow"), close: dismiss },
    { name: "enlarged", open: dialog(".image"), close: dismiss },
    { name: "people", ...panel(".with-count") },
    {
      name: "frames",
      open: async (page) => {
        await panel(".top .icon-button:last-child").open(page, undefined as never);
        for (const summary of await page.locator(".more summary").all()) await summary.click();
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
      name: "drop",
      open: (page) => drag(page, "dragover"),
      close: (page) => drag(page, "dragleave"),
    },
    {
      name: "scrolled",
      open: async (page) => {
        await page.evaluate("document.querySelector('.timeline').scrollTop = 0");
        await page.waitForSelector(".to-newest");
      },
      close: (page) => page.click(".to-newest"),
    },
    {
      name: "skip",
      open: (page) => page.locator(".skip").focus(),
      close: (page) => page.locator("#text").focus(),
    },
    {
      name: "empty",
      open: async (page) => {
        await go(page, "nobody yet");
        await page.waitForSelector(".empty");
      },
      close: back,
    },
    {
      name: "refused",
      open: async (page) => {
        await go(page, "no/room");
        await page.waitForSelector(".refused");
      },
      close: back,
    },
    {
      name: "token",
      open: async (page) => {
        await page.evaluate("sessionStorage.setItem('dormouse.token', 'of.another.service')");
        await page.reload();
        await page.waitForSelector(".refused #token");
        await say(page, "kept");
        await page.waitForSelector(".said.failed .why");
      },
      close: async (page) => {
        await page.evaluate("sessionStorage.clear()");
        await page.reload();
        await back(page);
      },
    },
    {
      name: "cut",
      open: async (page, { network }) => {
        network.unplug();
        await page.waitForSelector('#state[data-status="waiting"]');
        await say(page, "written on the train");
        await page.waitForSelector(".said.pending");
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

/** What others have said in a room, before anybody looks: all kinds of messages, and people with all kinds of names. */
export async function fill(people: People, room: string, page: Page): Promise<void> {
  const png = await picture(page);
  const image = (name: string, width: number, height: number) =>
    Buffer.from(pack({ name, type: "image/png", width, height, bytes: new Uint8Array(png) }));
  const mira = ["Morning!", "which is what we wanted, I think?", "a".repeat(200), "😴"];
  const long = "Leïla Haddad of the Department of Names That Do Not Fit Anywhere";
  const code = `\`\`\`js\n${"const wide = 1; ".repeat(20)}\n\`\`\``;
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
        pack({ name: `${"long ".repeat(20)}.pdf`, type: "application/pdf", bytes: new Uint8Array(900) }),
      ),
      Buffer.from([1, 2, 3]),
    ],
    "?name=Jo",
  );
  await people.says(room, ["word ".repeat(700)], "?name=Jo");
}

/** One's own part in it: messages that are on disk, an image, one that was refused. */
export async function takePart(page: Page): Promise<void> {
  await say(page, "See you all at 15:00! ".repeat(8));
  await say(page, "ok");
  await say(page, "x".repeat(300_000));
  await page.waitForSelector(".said.failed");
  await page.setInputFiles("input[type=file]", {
    name: "screen.png",
    mimeType: "image/png",
    buffer: await page.screenshot(),
  });
  await expect.poll(() => page.locator(".pending").count()).toBe(0);
  await page.waitForSelector(".said.own .image img");
}
