import { describe, expect, test } from "vitest";
import {
  isWorthNotifying,
  mergeNews,
  type News,
  notificationText,
} from "../../../src/app/rooms/notification-rules.ts";

const news: News = { room: "lobby", epoch: "e", seq: 4, name: "Bob", text: "hi", isMention: false, count: 1 };
const texts = { unread: (count: number) => `${count} new`, someoneMentionsYou: "mentions you" };

describe("isWorthNotifying", () => {
  test.each([
    ["a message", "on", false, false, true],
    ["a message whose text is hidden", "hidden", false, false, true],
    ["a message of a muted room", "on", true, false, false],
    ["a mention in a muted room", "on", true, true, true],
    ["a mention where notifications are off", "off", false, true, false],
    ["a mention before the user chose", undefined, false, true, false],
  ] as const)("[PAGE-28] decides on %s", (_, choice, isMuted, isMention, expected) => {
    expect(isWorthNotifying(choice, isMuted, isMention)).toBe(expected);
  });
});

describe("mergeNews", () => {
  test("[PAGE-28] shows the latest message of a room, and a mention rather than what follows it", () => {
    const latest = mergeNews(news, { ...news, seq: 5 });
    expect(latest).toEqual({ ...news, seq: 5, count: 2 });
    const mention = mergeNews(latest, { ...news, seq: 6, isMention: true });
    expect(mergeNews(mention, { ...news, seq: 7 })).toEqual({ ...news, seq: 6, isMention: true, count: 4 });
  });

  test("[PAGE-28] starts again in an erased room", () => {
    const erased = { ...news, epoch: "f", seq: 1 };
    expect(mergeNews({ ...news, isMention: true }, erased)).toEqual(erased);
  });
});

describe("notificationText", () => {
  test("[PAGE-28] names the author and the room, and shows the text", () => {
    expect(notificationText(news, "on", texts)).toEqual({ title: "Bob · lobby", body: "hi" });
    expect(notificationText({ ...news, count: 3 }, "on", texts).body).toBe("hi (3 new)");
  });

  test("[PAGE-28] keeps the text to itself where the user chose that", () => {
    expect(notificationText(news, "hidden", texts).body).toBe("1 new");
    expect(notificationText({ ...news, isMention: true }, "hidden", texts).body).toBe("mentions you");
  });

  test("[PAGE-29] keeps names and texts of any content short and on one line", () => {
    const hostile = `\u202e<b>\n\n${"long ".repeat(10_000)}`;
    const { title, body } = notificationText(
      { ...news, room: hostile, name: hostile, text: hostile },
      "on",
      texts,
    );
    expect(title.length).toBeLessThan(150);
    expect(body.length).toBeLessThan(250);
    expect(title + body).not.toMatch(/[\n\u202e]/);
  });
});
