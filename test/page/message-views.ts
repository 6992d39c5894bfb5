import type { Page } from "playwright-core";
import { expect } from "vitest";
import { showTools } from "../support/message-tools.ts";
import type { People } from "../support/people.ts";

/** One state of the page: how to reach it from the conversation, and how to return. */
export type View = {
  name: string;
  /** Whether the view exists at a width. Default: at every width. */
  isAt?: (width: number) => boolean;
  open(page: Page, people: People): Promise<void>;
  close(page: Page, people: People): Promise<void>;
};

export const pressEscape = async (page: Page) => {
  await page.keyboard.press("Escape");
  await expect.poll(() => page.locator("dialog, .popover").count()).toBe(0);
};

/** The last text of the user that the room has. */
const lastOwn = (page: Page) => page.locator(".message.own[data-seq]", { hasText: "15:00" }).last();

/** Opens the menu of that message, with the button that this width has. */
async function openMenu(page: Page): Promise<void> {
  const bar = await showTools(lastOwn(page));
  await bar.locator("> button[popovertarget]").filter({ visible: true }).click();
  await page.waitForSelector(".message-menu:popover-open");
}

/** Chooses a tool, in the menu where the button has no space. */
async function choose(page: Page, name: RegExp): Promise<void> {
  const button = (await showTools(lastOwn(page))).getByRole("button", { name });
  if (await button.isVisible()) return button.click();
  await openMenu(page);
  await page.locator(".message-menu").getByRole("button", { name }).click();
}

async function endMode(page: Page): Promise<void> {
  await page.press("#text", "Escape");
  await expect.poll(() => page.locator(".compose-mode").count()).toBe(0);
}

/** The views of the tools of one message. */
export const MESSAGE_VIEWS: readonly View[] = [
  {
    name: "message-tools",
    open: async (page) => void (await showTools(lastOwn(page))),
    close: (page) => page.locator("#text").hover(),
  },
  {
    name: "message-menu",
    open: openMenu,
    close: async (page) => {
      await page.keyboard.press("Escape");
      await expect.poll(() => page.locator(".message-menu:popover-open").count()).toBe(0);
    },
  },
  {
    name: "delete",
    open: async (page) => {
      await choose(page, /^(Delete|删除)$/);
      await page.waitForSelector("dialog[open]");
    },
    close: pressEscape,
  },
  {
    name: "edit",
    open: async (page) => {
      await choose(page, /^(Edit|编辑)$/);
      await page.waitForSelector(".compose-mode");
    },
    close: endMode,
  },
  {
    name: "reply",
    open: async (page) => {
      await choose(page, /^(Reply|回复)$/);
      await page.waitForSelector(".compose-mode");
    },
    close: endMode,
  },
  {
    name: "mention-list",
    open: async (page) => {
      await page.fill("#text", "Thank you, @");
      await page.waitForSelector(".mention-list");
    },
    close: async (page) => {
      await page.press("#text", "Escape");
      await page.fill("#text", "");
    },
  },
  {
    name: "markdown",
    open: async (page) => {
      await page.locator(".message-text table").first().scrollIntoViewIfNeeded();
      await page.waitForSelector(".token-kwd");
    },
    close: (page) => page.click(".jump-to-newest"),
  },
  {
    name: "highlighted",
    open: async (page) => {
      await page.locator(".quote").last().click();
      await page.waitForSelector("[data-highlighted]");
    },
    close: async (page) => {
      await page.locator("#text").focus();
      await page.click(".jump-to-newest");
    },
  },
];
