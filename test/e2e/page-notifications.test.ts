import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { live, People, preloaded, shows } from "../support/people.ts";
import { chooseInRoomMenu, go, memberId, post, unreadOf } from "../support/room-list.ts";

let people: People;
beforeAll(async () => {
  people = await People.start();
});
afterAll(() => people?.stop());

type Shown = { title: string; body: string; tag: string; data: string };

/** Records what the page asks of the browser, which shows no notifications without a screen. @param answer to the prompt */
async function recordNotifications(context: BrowserContext, answer: string) {
  const asked: string[] = [];
  const shown: Shown[] = [];
  await context.exposeBinding("recordAsked", () => void asked.push(answer));
  await context.exposeBinding("recordShown", (_, one: Shown) => void shown.push(one));
  await context.addInitScript(`
    globalThis.Notification = class {
      static get permission() { return localStorage.getItem("permission") ?? "default"; }
      static async requestPermission() {
        recordAsked();
        localStorage.setItem("permission", ${JSON.stringify(answer)});
      }
    };
    ServiceWorkerRegistration.prototype.showNotification = async (title, { body, tag, data }) =>
      recordShown({ title, body, tag, data });
  `);
  return { asked, shown };
}

async function personWithNotifications(room: string, name: string, answer: string) {
  const page = await people.person(room, name);
  const record = await recordNotifications(page.context(), answer);
  await page.reload();
  await live(page);
  await preloaded(page);
  return { page, ...record };
}

const lookAway = (page: Page) => page.evaluate("document.hasFocus = () => false");

test("[PAGE-28] notifications begin with a click, and tell of messages that nobody looks at, once for all tabs", async () => {
  const { page: ada, asked, shown } = await personWithNotifications("here", "Ada", "granted");
  const id = await memberId(ada);
  await go(ada, "there");
  await post(people, "here", "before");
  await unreadOf(ada, "here").toEqual(["1"]);
  const offer = ada.locator(".app > .sidebar .notification-offer");
  expect(asked).toEqual([]);
  await offer.getByRole("button", { name: "Turn on notifications" }).click();
  await expect.poll(() => asked).toEqual(["granted"]);
  await expect.poll(() => offer.count()).toBe(0);

  const tab = await ada.context().newPage();
  await tab.goto(people.address("there"));
  await live(tab);
  await preloaded(tab);
  await post(people, "there", "you see this");
  for (const page of [ada, tab]) await shows(page, ["you see this"]);
  await post(people, "here", "you do not see this");
  const first = { title: "Bob · here", body: "you do not see this", tag: "dormouse here", data: "#here@2" };
  await expect.poll(() => shown).toEqual([first]);

  for (const page of [ada, tab]) await lookAway(page);
  await post(people, "there", "in the background");
  const second = { title: "Bob · there", body: "in the background", tag: "dormouse there", data: "#there@2" };
  await expect.poll(() => shown).toEqual([first, second]);

  await chooseInRoomMenu(ada, "here", "Mute");
  await post(people, "here", "quiet");
  await unreadOf(ada, "here").toEqual(["3"]);
  await ada.click(".user-button");
  await ada.getByLabel("Hide the text of messages").check();
  await post(people, "here", "@Ada?", [id]);
  const third = {
    title: "Bob · here",
    body: "A message mentions you.",
    tag: "dormouse here",
    data: "#here@4",
  };
  await expect.poll(() => shown).toEqual([first, second, third]);

  await tab.close();
  const [worker] = ada.context().serviceWorkers();
  if (worker === undefined) throw new Error("The page has no service worker.");
  const devtools = await ada.context().newCDPSession(ada);
  await devtools.send("Page.reload", { ignoreCache: true });
  await live(ada);
  await preloaded(ada);
  expect(await ada.evaluate("navigator.serviceWorker.controller")).toBe(null);
  // The tab of another page is in front. One that closes is a client for a moment longer.
  const admin = await ada.context().newPage();
  await admin.goto(new URL("/admin", people.address("here")).href);
  const tabs = () =>
    worker.evaluate(
      "clients.matchAll({ includeUncontrolled: true }).then((all) => all.map(({ url }) => new URL(url).pathname).sort())",
    );
  await expect.poll(tabs).toEqual(["/", "/admin"]);
  await worker.evaluate(`
    dispatchEvent(Object.assign(new ExtendableEvent("notificationclick"), { notification: { data: "#here@4", close() {} } }));
  `);
  await expect.poll(() => ada.url()).toBe(`${people.address("here")}@4`);
  await shows(ada, ["before", "you do not see this", "quiet", "@Ada?"]);
  expect(people.errors.filter((error) => !error.includes("focus"))).toEqual([]);
});

test("[PAGE-28] the settings say how to allow notifications that the browser blocks, and the page asks no more", async () => {
  const { page, asked, shown } = await personWithNotifications("plain", "Cy", "denied");
  await page.click(".user-button");
  await page.getByRole("button", { name: "Turn on notifications" }).click();
  await expect.poll(() => page.locator(".notification-settings .hint").textContent()).toContain("blocks");
  expect(await page.locator(".notification-settings button, .notification-offer").count()).toBe(0);
  await lookAway(page);
  await post(people, "plain", "unseen");
  await expect.poll(() => page.title()).toBe("(1) plain · Dormouse");
  expect([asked.length, shown]).toEqual([1, []]);
});
