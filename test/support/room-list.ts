import type { Page } from "playwright-core";
import { expect } from "vitest";
import { live, type People } from "./people.ts";

/** The list of rooms of the page, as a person uses it. */

export const roomItem = (page: Page, room: string) =>
  page.locator(".app > .sidebar .room-list li", { has: page.getByText(room, { exact: true }) });

/** Expects what the list shows beside a room: its mentions and its unread messages. */
export const unreadOf = (page: Page, room: string) =>
  expect.poll(() => roomItem(page, room).locator(".count [aria-hidden]").allTextContents());

/** The marks of a room, by their names. */
export const marksOf = (page: Page, room: string) =>
  expect.poll(() => roomItem(page, room).locator(".mark").allTextContents());

export const roomNames = (page: Page) => page.locator(".app > .sidebar .room-list bdi").allTextContents();

/** Opens another room in the same page. */
export async function go(page: Page, room: string, isLive = true): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, encodeURIComponent(room));
  if (isLive) await live(page);
}

/** Chooses an item in the menu of a room. */
export async function chooseInRoomMenu(page: Page, room: string, name: string): Promise<void> {
  await roomItem(page, room).hover();
  await roomItem(page, room).locator("> button").click();
  await page.locator(".message-menu:popover-open").getByRole("button", { name, exact: true }).click();
}

/** The rooms that a page has a socket to, one for each. */
export function watchSockets(page: Page): string[] {
  const open: string[] = [];
  page.on("websocket", (socket) => {
    const room = decodeURIComponent(new URL(socket.url()).pathname.split("/").pop() ?? "");
    open.push(room);
    open.sort();
    socket.on("close", () => {
      if (open.includes(room)) open.splice(open.indexOf(room), 1);
    });
  });
  return open;
}

/** The member id of a guest. */
export function memberId(page: Page): Promise<string> {
  return page.evaluate(`(async () => {
    const { joinRoom } = await import("/dormouse.js");
    const room = joinRoom("ids", { share: false });
    const id = await new Promise((resolve) => {
      room.on("state", ({ welcome }) => welcome && resolve(welcome.member));
    });
    room.leave();
    return id;
  })()`);
}

/** Publishes a text over HTTP. @param mentions the ids of the members that it mentions */
export async function post(people: People, room: string, text: string, mentions?: string[]): Promise<void> {
  const url = `${people.service.url}/v1/rooms/${encodeURIComponent(room)}/messages?name=Bob`;
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ data: { text, mentions } }),
  });
  expect(response.ok).toBe(true);
}
