import { toPlainLine, truncate } from "../format/untrusted-text.ts";

/** When a message is worth a notification, and what it says. */

/** The user's choice: `hidden` shows no text of messages. `off` also means that the page does not offer notifications again. */
export type NotificationChoice = "on" | "hidden" | "off";

/** Messages of a room since its last notification. */
export type News = {
  room: string;
  epoch: string;
  /** The message that the notification shows and opens. */
  seq: number;
  /** The author's name. */
  name: string;
  text: string;
  isMention: boolean;
  count: number;
};

const MAX_NAME_UNITS = 64;
const MAX_TEXT_UNITS = 200;
const MAX_TEXT_LINES = 5;

/** A muted room notifies only of mentions. */
export function isWorthNotifying(
  choice: NotificationChoice | undefined,
  isMuted: boolean,
  isMention: boolean,
): boolean {
  return (choice === "on" || choice === "hidden") && (!isMuted || isMention);
}

/** The news of a room after one more message. A mention stays the one that is shown, until another mention. */
export function mergeNews(before: News | undefined, news: News): News {
  if (before === undefined || before.epoch !== news.epoch) return news;
  const shown = before.isMention && !news.isMention ? before : news;
  return { ...shown, count: before.count + news.count };
}

/** The title and the text of a notification, as plain lines: nothing in them can look like more than one message. */
export function notificationText(
  { room, name, text, isMention, count }: News,
  choice: NotificationChoice,
  texts: { unread: (count: number) => string; someoneMentionsYou: string },
): { title: string; body: string } {
  const line = (value: string, max: number) => toPlainLine(truncate(value, max, MAX_TEXT_LINES));
  const title = `${line(name, MAX_NAME_UNITS)} · ${line(room, MAX_NAME_UNITS)}`;
  if (choice === "hidden") return { title, body: isMention ? texts.someoneMentionsYou : texts.unread(count) };
  const more = count > 1 ? ` (${texts.unread(count)})` : "";
  return { title, body: `${line(text, MAX_TEXT_UNITS)}${more}` };
}
