import { computed, signal } from "@preact/signals";
import { load, save } from "../browser-storage.ts";
import { hashOfRoom } from "../format/room-link.ts";
import { moreStrings } from "../i18n/index.ts";
import { openDialog } from "../page-state.ts";
import { mergeNews, type News, type NotificationChoice, notificationText } from "./notification-rules.ts";
import { loadRead } from "./room-counts.ts";

/** Shows the notifications of this browser: one per room, however many tabs are open. */

const CHOICE_KEY = "dormouse.notifications";
const SHOWN_PREFIX = "dormouse.notified ";
/** Long enough for the tab that shows the message to mark it as read. */
const DELAY_MS = 400;
const CHOICES: readonly NotificationChoice[] = ["on", "hidden", "off"];

const parseChoice = (stored: string | undefined) => CHOICES.find((known) => known === stored);

/** The user's choice; undefined before there is one. */
export const notificationChoice = signal(parseChoice(load(CHOICE_KEY)));
/** Whether the browser lets this page notify. Undefined where it has no notifications for it, as on a page without TLS. */
export const permission = signal(currentPermission());

export const isNotifying = computed(
  () =>
    permission.value === "granted" &&
    (notificationChoice.value === "on" || notificationChoice.value === "hidden"),
);

function currentPermission(): NotificationPermission | undefined {
  return isSecureContext && typeof Notification === "function" ? Notification.permission : undefined;
}

export function chooseNotifications(choice: NotificationChoice): void {
  notificationChoice.value = choice;
  save(CHOICE_KEY, choice);
}

/** Asks for the permission. Call it on a click only. */
export async function turnOnNotifications(): Promise<void> {
  if (currentPermission() === "default") await Notification.requestPermission();
  permission.value = currentPermission();
  if (permission.value === "granted") chooseNotifications("on");
}

/** Takes over a choice of another tab, and a permission that the user changed in the browser. */
export function syncNotifications(): void {
  notificationChoice.value = parseChoice(load(CHOICE_KEY)) ?? notificationChoice.peek();
  permission.value = currentPermission();
}

/** At most one for each room that is connected. */
const waiting = new Map<string, News>();

/** Notifies of a message, unless the user reads it at once. Messages that follow closely share one notification. */
export function notify(news: News): void {
  const before = waiting.get(news.room);
  waiting.set(news.room, mergeNews(before, news));
  if (before !== undefined) return;
  setTimeout(() => {
    const latest = waiting.get(news.room);
    waiting.delete(news.room);
    if (latest !== undefined) void showOnce(latest);
  }, DELAY_MS);
}

/** Several tabs may have the same message. The first one shows it. */
async function showOnce(news: News): Promise<void> {
  const showIfNew = async () => {
    if (!isNotifying.peek() || isRead(news) || isAtLeast(load(SHOWN_PREFIX + news.room), news)) return;
    save(SHOWN_PREFIX + news.room, `${news.epoch}.${news.seq}`);
    await show(news).catch(() => {});
  };
  if (navigator.locks === undefined) await showIfNew();
  else await navigator.locks.request(SHOWN_PREFIX + news.room, showIfNew);
}

function isRead({ room, epoch, seq }: News): boolean {
  const read = loadRead(room);
  return read?.epoch === epoch && read.seq >= seq;
}

function isAtLeast(position: string | undefined, { epoch, seq }: News): boolean {
  const [shownEpoch, shownSeq] = (position ?? "").split(".");
  return shownEpoch === epoch && Number(shownSeq) >= seq;
}

const tagOf = (room: string) => `dormouse ${room}`;
const registration = () => navigator.serviceWorker?.getRegistration();

async function show(news: News): Promise<void> {
  const { unread, someoneMentionsYou } = moreStrings.value;
  const { title, body } = notificationText(news, notificationChoice.peek() ?? "on", {
    unread,
    someoneMentionsYou,
  });
  const hash = hashOfRoom(news.room, news.seq);
  const options = { body, tag: tagOf(news.room), icon: "/icon-192.png", data: hash };
  const worker = await registration();
  if (worker?.active) {
    // A mention sounds again, though the room already has a notification.
    await worker.showNotification(title, { ...options, renotify: news.isMention } as NotificationOptions);
    return;
  }
  const shown = new Notification(title, options);
  shown.onclick = () => {
    shown.close();
    focus();
    location.hash = hash;
  };
}

/** Removes the notification of a room that was read. */
export async function closeNotification(room: string): Promise<void> {
  if (load(SHOWN_PREFIX + room) === undefined) return;
  const worker = await registration();
  for (const shown of (await worker?.getNotifications({ tag: tagOf(room) })) ?? []) shown.close();
}

export function forgetNotifications(room: string): void {
  save(SHOWN_PREFIX + room, "");
}

/** Opens the message of a notification that the user clicked. The service worker sends it here. */
export function openClickedNotifications(): void {
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (typeof data !== "string" || !data.startsWith("#")) return;
    openDialog.value = undefined;
    location.hash = data;
  });
}
