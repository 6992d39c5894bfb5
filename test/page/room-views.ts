import type { Page } from "playwright-core";
import { pressEscape, type View } from "./message-views.ts";

/** Rooms with every mark. Ten others were visited later, so the page is not connected to these and shows what is stored of them. */
const MARKED = {
  "quiet corner": { count: "e.9 9 0 0" },
  "release-2026-11": { count: "e.9 5 3 1" },
  "a room whose name is too long for the list": { count: "e.900 5 400 120" },
  announcements: { count: "e.9 5 4 0", isMuted: true },
  "team lunch": { count: "e.0 0 0 0 banned" },
  everything: { count: "e.900 5 400 120 room_full", isMuted: true, isPinned: true },
};
const VISITED = Array.from({ length: 10 }, (_, i) => `room ${i + 1}`);
const ASKABLE = `globalThis.Notification = class {
    static permission = "default";
    static async requestPermission() {}
  };
  dispatchEvent(new Event("focus"));`;

/** Changes what is stored as if another tab did so. */
async function store(page: Page, entries: Record<string, string>): Promise<void> {
  await page.evaluate((all) => {
    for (const [key, newValue] of Object.entries(all)) {
      localStorage.setItem(key, newValue);
      dispatchEvent(new StorageEvent("storage", { key, newValue }));
    }
  }, entries);
}

async function showMarks(page: Page): Promise<void> {
  const marked = Object.entries(MARKED);
  const named = (mark: "isMuted" | "isPinned") =>
    marked.filter(([, one]) => mark in one).map(([room]) => room);
  await store(page, {
    ...Object.fromEntries(marked.map(([room, { count }]) => [`dormouse.unread ${room}`, count])),
    "dormouse.room-settings": JSON.stringify({ muted: named("isMuted"), pinned: named("isPinned") }),
    "dormouse.visits": JSON.stringify(VISITED),
    "dormouse.rooms": JSON.stringify([...Object.keys(MARKED), ...VISITED]),
  });
  await page.evaluate(ASKABLE);
  await page.waitForSelector(".notification-offer", { state: "attached" });
}

const hideMarks = (page: Page) =>
  store(page, {
    "dormouse.rooms": JSON.stringify([]),
    "dormouse.room-settings": "{}",
    "dormouse.notifications": "off",
  });

/** The list of rooms with all its marks, the offer of notifications, and the menu of a room. */
export function roomViews(isPhone: (width: number) => boolean): View[] {
  const list = async (page: Page) => {
    const isNarrow = isPhone(page.viewportSize()?.width ?? 0);
    if (isNarrow) {
      await page.click(".menu-button");
      await page.waitForSelector("dialog[open]");
    }
    return page.locator(isNarrow ? "dialog .sidebar" : ".app > .sidebar");
  };
  return [
    {
      name: "marked-rooms",
      open: async (page) => {
        await showMarks(page);
        await list(page);
      },
      close: pressEscape,
    },
    {
      name: "room-menu",
      open: async (page) => {
        const item = (await list(page)).locator(".room-list li", { hasText: "release-2026" });
        await item.hover();
        await item.locator("> button").click();
        await page.waitForSelector(".message-menu:popover-open");
      },
      close: async (page) => {
        await page.keyboard.press("Escape");
        await pressEscape(page);
        await hideMarks(page);
      },
    },
  ];
}
