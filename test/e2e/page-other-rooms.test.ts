import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, preloaded, say, shows } from "../support/people.ts";
import {
  chooseInRoomMenu,
  go,
  marksOf,
  memberId,
  post,
  roomItem,
  roomNames,
  unreadOf,
  watchSockets,
} from "../support/room-list.ts";

let people: People;
beforeAll(async () => {
  people = await People.start({ RESUME_MESSAGES: "100" });
});
afterAll(() => people?.stop());

test("[PAGE-25] a room that is not open counts what others say there, and opens at the first unread message", async () => {
  const ada = await people.person("first", "Ada");
  const sockets = watchSockets(ada);
  await say(ada, "mine");
  await preloaded(ada);
  await go(ada, "second");
  await expect.poll(() => sockets).toEqual(["first", "second"]);
  const bob = await people.person("first", "Bob");
  for (const text of ["one", "two"]) await say(bob, text);
  await unreadOf(ada, "first").toEqual(["2"]);
  const reaction = `${people.service.url}/v1/rooms/first/messages/2/reactions/ok`;
  expect((await fetch(reaction, { method: "PUT" })).ok).toBe(true);
  await say(bob, "three");
  await unreadOf(ada, "first").toEqual(["3"]);
  await bob.click(".members-button");
  await expect.poll(() => bob.locator(".member-list li").allTextContents()).toEqual(["BBobyou", "AAdaaway"]);
  // The browser reports no close of those.
  sockets.length = 0;
  await ada.reload();
  await live(ada);
  await unreadOf(ada, "first").toEqual(["3"]);
  await go(ada, "first");
  await shows(ada, ["mine", "one", "two", "three"]);
  const divider = ada.locator(".unread-divider");
  await expect.poll(() => divider.evaluate((line) => line.nextElementSibling?.textContent)).toContain("one");
  await unreadOf(ada, "first").toEqual([]);
  await expect.poll(() => sockets).toEqual(["first", "second"]);
  await expect.poll(() => bob.locator(".member-list li").allTextContents()).toEqual(["BBobyou", "AAda"]);
});

test("[PAGE-26] the title counts mentions of other rooms, also of muted ones, and the menu of a room marks it as read", async () => {
  const cy = await people.person("talk", "Cy");
  const id = await memberId(cy);
  await preloaded(cy);
  await go(cy, "work");
  await post(people, "talk", "hello");
  await unreadOf(cy, "talk").toEqual(["1"]);
  expect(await cy.title()).toBe("work · Dormouse");
  await chooseInRoomMenu(cy, "talk", "Mute");
  await marksOf(cy, "talk").toEqual(["Muted"]);
  await post(people, "talk", "@Cy?", [id]);
  await unreadOf(cy, "talk").toEqual(["@1", "2"]);
  await expect.poll(() => cy.title()).toBe("(1) work · Dormouse");
  await chooseInRoomMenu(cy, "talk", "Mark as read");
  await unreadOf(cy, "talk").toEqual([]);
  await expect.poll(() => cy.title()).toBe("work · Dormouse");
  await post(people, "talk", "more");
  await unreadOf(cy, "talk").toEqual(["1"]);
  expect(
    await roomItem(cy, "talk")
      .locator("> button")
      .evaluate((button) => button === document.activeElement),
  ).toBe(true);
});

test("[PAGE-27] several tabs watch a room over one socket, and reading it in one tab clears it in the others", async () => {
  const dan = await people.person("open", "Dan");
  await preloaded(dan);
  await go(dan, "other");
  const tab = await dan.context().newPage();
  const sockets = watchSockets(tab);
  await tab.goto(people.address("third"));
  await live(tab);
  await preloaded(tab);
  await post(people, "open", "news");
  for (const page of [dan, tab]) await unreadOf(page, "open").toEqual(["1"]);
  expect(sockets).toEqual(["third"]);
  await go(tab, "open");
  for (const page of [dan, tab]) await unreadOf(page, "open").toEqual([]);
  await go(tab, "third");
  await post(people, "open", "again");
  await unreadOf(dan, "open").toEqual(["1"]);
  await dan.close();
  // The other tab takes over.
  await expect.poll(() => sockets).toEqual(["open", "other", "third"]);
  await post(people, "open", "and again");
  await unreadOf(tab, "open").toEqual(["2"]);
});

test("[PAGE-26] a list of 200 rooms scrolls, is connected to ten, and keeps those that are pinned on top", async () => {
  const eve = await people.person("room 1", "Eve");
  const hostile = `<img src=x onerror=alert(1)>\u202e${"\u0301".repeat(40)}`;
  await eve.evaluate((name) => {
    const rooms = [name, ...Array.from({ length: 199 }, (_, i) => `room ${i + 1}`)];
    localStorage.setItem("dormouse.rooms", JSON.stringify(rooms));
    for (const room of rooms) {
      localStorage.setItem(`dormouse.read ${room}`, "e.1");
      localStorage.setItem(`dormouse.unread ${room}`, "e.1 1 150 0");
    }
  }, hostile);
  const sockets = watchSockets(eve);
  await eve.reload();
  await live(eve);
  await preloaded(eve);
  await unreadOf(eve, "room 199").toEqual(["99+"]);
  await expect.poll(() => sockets.length).toBe(11);
  expect(sockets).toContain(hostile);
  const field = eve.locator(".app > .sidebar .open-room input");
  const completed = await field.evaluate((input: HTMLInputElement) =>
    Array.from(input.list?.options ?? [], ({ value }) => value),
  );
  expect(completed).toEqual([hostile, ...Array.from({ length: 199 }, (_, i) => `room ${i + 1}`)]);
  await go(eve, "room 120");
  const current = eve.locator(".app > .sidebar [aria-current]");
  await expect.poll(() => current.evaluate((link) => link.getBoundingClientRect().bottom)).toBeLessThan(700);
  await chooseInRoomMenu(eve, "room 150", "Pin to the top");
  await expect.poll(async () => (await roomNames(eve))[0]).toBe("room 150");
  await go(eve, "new room");
  await expect.poll(async () => (await roomNames(eve)).slice(0, 2)).toEqual(["room 150", "new room"]);
  await expect.poll(async () => (await roomNames(eve)).length).toBe(200);
  await chooseInRoomMenu(eve, "room 3", "Remove from the list");
  await expect.poll(async () => (await roomNames(eve)).length).toBe(199);
  expect(await eve.evaluate("document.activeElement.textContent")).toContain("room 4");
  expect(people.errors).toEqual([]);
});

test("[PAGE-29] a room that refuses the user is marked quietly, and asked no more", async () => {
  const flo = await people.person("home", "Flo");
  await preloaded(flo);
  await go(flo, "no/room", false);
  await flo.waitForSelector(".join-error");
  const sockets: string[] = [];
  flo.on("websocket", (socket) => sockets.push(socket.url()));
  await go(flo, "home");
  await marksOf(flo, "no/room").toEqual([
    expect.stringMatching(/^No new messages from here\. This is not a valid room name/),
  ]);
  expect(await flo.locator(".join-error, .notice").count()).toBe(0);
  await go(flo, "elsewhere");
  await expect.poll(() => sockets.filter((url) => url.includes("home")).length).toBe(2);
  expect(sockets.filter((url) => url.includes("no%2Froom")).length).toBe(1);
});

test("[PAGE-29] more messages than the service sends again are counted without them, and with full storage, too", async () => {
  const gus = await people.person("busy", "Gus");
  await preloaded(gus);
  await go(gus, "calm");
  await unreadOf(gus, "busy").toEqual([]);
  await expect.poll(() => gus.evaluate("localStorage.getItem('dormouse.read busy')")).not.toBe(null);
  await gus.goto("about:blank");
  await people.says(
    "busy",
    Array.from({ length: 150 }, (_, i) => `${i}`),
  );
  await gus.goto(people.address("calm"));
  await live(gus);
  await unreadOf(gus, "busy").toEqual(["99+"]);
  await expect
    .poll(() => gus.evaluate("localStorage.getItem('dormouse.unread busy')"))
    .toMatch(/^\w+\.150 0 150 0$/);
  await chooseInRoomMenu(gus, "busy", "Mark as read");
  await gus.evaluate(
    "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
  );
  await post(people, "busy", "one more");
  await unreadOf(gus, "busy").toEqual(["1"]);
});
