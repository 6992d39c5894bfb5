import type { Page } from "playwright-core";
import { hashOf } from "../../../src/admin/route.ts";
import type { Operators } from "../../support/operators.ts";
import { TestSocket } from "../../support/socket.ts";
import { token } from "../../support/tokens.ts";
import { reportRooms, sampleRooms } from "./sample-rooms.ts";

export type AdminView = {
  name: string;
  open: (page: Page) => Promise<unknown>;
  close?: (page: Page) => Promise<unknown>;
};

export const LONG_NAME = "Leïla Haddad of the Department of Names That Do Not Fit Anywhere";
const LONG_ROOM = `zoo-${"of-a-very-long-name-".repeat(6)}`.slice(0, 120);

/** Fills the service with rooms, and one of them with messages and members of every kind. Returns the sockets of the members. */
export async function fillService(operators: Operators, room: string): Promise<TestSocket[]> {
  await reportRooms(operators, [
    ...sampleRooms(100),
    { room: LONG_ROOM, members: 3, seq: 1_234_567, rate: 98_765 },
    { room: "zoo-of-yesterday", members: 2, seq: 9, reportAgeMs: 7_200_000, isLost: true, ageMs: 7_200_000 },
  ]);
  const texts = ["Morning!", "word ".repeat(200), "早上好！", "a".repeat(200), "one\ntwo\nthree\nfour\nfive"];
  await operators.publish(room, ...Array.from({ length: 45 }, (_, i) => ({ text: `Message ${i}` })));
  await operators.publish(room, ...texts.map((text) => ({ text })), { state: "running", steps: [1, 2, 3] });
  const names = ["Ada", "Grace", LONG_NAME, "早川 由美", "x".repeat(60)];
  const url = (i: number, name: string) =>
    operators.service.room(
      room,
      `?token=${token({ sub: i === 3 ? "m".repeat(100) : `member-${i}`, name, can: ["read", "publish", "presence"] })}`,
    );
  return await Promise.all(names.map((name, i) => TestSocket.open(url(i, name), "dormouse.v1")));
}

const go = (hash: string, ready: string) => async (page: Page) => {
  await page.evaluate((next) => {
    location.hash = next;
  }, hash);
  await page.waitForSelector(ready);
};
const pressEscape = (page: Page) => page.keyboard.press("Escape");

/** Every view, dialog and state of the admin page. */
export function adminViews(room: string): AdminView[] {
  const toRoom = go(hashOf({ view: "room", room }), ".message-table tbody tr");
  return [
    {
      // The last page is short, so that the test is fast, and has the longest names and figures.
      name: "rooms",
      open: async (page) => {
        await go("#/rooms", ".pager")(page);
        await page.locator(".pager button").nth(2).click();
        await page.waitForSelector(".room-table .stale");
      },
    },
    {
      name: "rooms-filtered",
      open: async (page) => {
        await page.fill("[type=search]", "table-");
        await page.waitForFunction(() =>
          document.querySelector(".room-table tbody bdi")?.textContent?.startsWith("table-"),
        );
        await page.getByRole("button", { name: /^(Members|成员)/ }).click();
      },
      close: async (page) => {
        await page.fill("[type=search]", "nothing begins with this");
        await page.waitForSelector(".empty");
      },
    },
    { name: "rooms-empty", open: async () => {}, close: (page) => page.fill("[type=search]", "") },
    {
      name: "room-live",
      open: async (page) => {
        await toRoom(page);
        await page.click(".tail button");
        await page.waitForSelector('.tail[data-status="live"]');
        await page.waitForSelector(".facts:nth-child(3)");
      },
      close: (page) => page.click(".tail button"),
    },
    {
      name: "member-dialog",
      open: async (page) => {
        await page.locator(".members-panel li button").nth(2).click();
        await page.waitForSelector("dialog[open]");
        await page.selectOption("#member-choice", "day");
      },
      close: pressEscape,
    },
    {
      name: "member-by-id",
      open: async (page) => {
        await page.click(".members-panel header button");
        await page.waitForSelector("dialog[open]");
      },
      close: pressEscape,
    },
    {
      name: "delete-dialog",
      open: async (page) => {
        await page.locator(".message-table .icon-button").nth(3).click();
        await page.waitForSelector("dialog[open]");
      },
      close: pressEscape,
    },
    {
      name: "erase-dialog",
      open: async (page) => {
        await page.click(".room-tools .danger");
        await page.waitForSelector("dialog[open]");
      },
      close: pressEscape,
    },
    {
      name: "room-older",
      open: async (page) => {
        await page.locator(".panel .pager button").last().click();
        await page.waitForSelector(".panel .pager button[aria-disabled=false]");
      },
    },
    { name: "room-empty", open: go("#/room/nobody%20was%20here", ".panel .empty") },
    { name: "room-refused", open: go("#/room/no%2Froom", ".error-line") },
  ];
}
