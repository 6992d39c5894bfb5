import { signal } from "@preact/signals";
import { beforeEach, describe, expect, test } from "vitest";
import type { ChatMessage } from "../../../src/app/chat/chat-message.ts";
import { ReadPosition } from "../../../src/app/chat/read-position.ts";
import { message, messages, resetStorage } from "./fixtures.ts";

beforeEach(resetStorage);

const NONE_QUEUED = new Set<string>();

/** A page that has the room open: its read position, and the messages that it received. */
function openPage() {
  const received = signal<readonly ChatMessage[]>([]);
  const hasOlder = signal(false);
  const newest = signal(0);
  const position = new ReadPosition("a", received, signal("me"), hasOlder, newest);
  const receive = (added: ChatMessage[], isWatching = false) => {
    const last = received.value.at(-1)?.seq ?? 0;
    received.value = [...received.value, ...added];
    position.onMessages(last, added, isWatching, "me");
  };
  const unread = () => [position.unreadCount.value, position.dividerAfter.value];
  return { position, receive, unread, hasOlder, newest };
}

describe("ReadPosition", () => {
  test("[PAGE-2] counts nothing as unread in a room that was never read", () => {
    const { position, receive, unread } = openPage();
    position.onWelcome("e", 3, NONE_QUEUED);
    receive(messages(1, 3));
    expect(unread()).toEqual([0, undefined]);
  });

  test("[PAGE-2] counts messages that arrive while nobody watches, and puts the divider before the first", () => {
    const { position, receive, unread } = openPage();
    position.onWelcome("e", 3, NONE_QUEUED);
    receive(messages(1, 3));
    receive([message(4)]);
    receive([message(5, "another"), message(6)]);
    expect(unread()).toEqual([3, 3]);
    position.markRead(6);
    expect(unread()).toEqual([0, 3]);
    receive([message(7)]);
    expect(unread()).toEqual([1, 6]);
  });

  test("[PAGE-2] counts nothing while the user watches", () => {
    const { position, receive, unread } = openPage();
    position.onWelcome("e", 3, NONE_QUEUED);
    receive(messages(1, 5), true);
    expect(unread()).toEqual([0, undefined]);
  });

  test("[PAGE-2] counts everything before a message of the user as read, and removes the divider", () => {
    const { position, receive, unread } = openPage();
    position.onWelcome("e", 3, NONE_QUEUED);
    receive(messages(1, 4));
    receive([message(5, "me")]);
    expect(unread()).toEqual([0, undefined]);
  });

  test("[PAGE-2] keeps messages unread before a queued message of the user", () => {
    const { position, receive, unread } = openPage();
    position.onWelcome("e", 3, NONE_QUEUED);
    receive(messages(1, 3));
    position.onWelcome("e", 5, new Set(["m6"]));
    receive(messages(4, 5));
    receive([message(6, "me")]);
    expect(unread()).toEqual([2, 3]);
    receive([message(7, "me")]);
    expect(unread()).toEqual([0, undefined]);
  });

  test("[PAGE-2] moves past a queued message of the user that directly follows the last read one", () => {
    const { position, receive, unread } = openPage();
    position.onWelcome("e", 7, NONE_QUEUED);
    receive(messages(1, 7), true);
    position.onWelcome("e", 7, new Set(["m8"]));
    receive([message(8, "me")]);
    expect(position.lastRead.value).toBe(8);
    expect(unread()).toEqual([0, undefined]);
  });

  test("[PAGE-2] counts unread messages that are not loaded yet, but not ones that no longer exist", () => {
    const { position, receive, unread, hasOlder } = openPage();
    localStorage.setItem("dormouse.read a", "e.10");
    position.onWelcome("e", 300, NONE_QUEUED);
    hasOlder.value = true;
    receive([...messages(241, 299), message(300, "another")]);
    expect(unread()).toEqual([290, 10]);
    hasOlder.value = false;
    expect(position.unreadCount.value).toBe(60);
    position.markRead(250);
    hasOlder.value = true;
    expect(position.unreadCount.value).toBe(50);
  });

  test("[PAGE-2] counts newer messages that the page has dropped", () => {
    const { position, receive, unread, newest } = openPage();
    position.onWelcome("e", 3, NONE_QUEUED);
    receive(messages(1, 3), true);
    newest.value = 7;
    expect(unread()[0]).toBe(4);
    position.markRead(5);
    expect(unread()[0]).toBe(2);
  });

  test("[PAGE-2] counts messages from while the page was closed", () => {
    openPage().position.onWelcome("e", 3, NONE_QUEUED);
    const { position, receive, unread } = openPage();
    position.onWelcome("e", 5, NONE_QUEUED);
    receive(messages(1, 5));
    expect(unread()).toEqual([2, 3]);
  });

  test("[PAGE-2] moves only with messages of the user from after the stored position", () => {
    openPage().position.onWelcome("e", 3, NONE_QUEUED);
    const { position, receive, unread } = openPage();
    position.onWelcome("e", 5, NONE_QUEUED);
    receive([message(2), message(3, "me")]);
    expect(position.dividerAfter.value).toBe(3);
    receive([message(4, "me"), message(5)]);
    expect(unread()).toEqual([1, 4]);
  });

  test("[PAGE-2] never moves the stored position back behind that of another tab", () => {
    const [slow, fast] = [openPage(), openPage()];
    for (const { position } of [slow, fast]) position.onWelcome("e", 3, NONE_QUEUED);
    fast.position.markRead(5);
    slow.position.markRead(4);
    slow.position.onWelcome("e", 5, NONE_QUEUED);
    const later = openPage();
    later.position.onWelcome("e", 6, NONE_QUEUED);
    expect(later.position.lastRead.value).toBe(5);
  });

  test("[PAGE-2] takes over the position of another tab", () => {
    const [here, elsewhere] = [openPage(), openPage()];
    for (const { position } of [here, elsewhere]) position.onWelcome("e", 3, NONE_QUEUED);
    elsewhere.position.markRead(5);
    here.position.syncStorage();
    expect(here.position.lastRead.value).toBe(5);
  });

  test("[PAGE-2] starts over after the room was erased", () => {
    openPage().position.onWelcome("e", 3, NONE_QUEUED);
    const { position } = openPage();
    position.onWelcome("another", 9, NONE_QUEUED);
    expect([position.lastRead.value, position.dividerAfter.value]).toEqual([9, undefined]);
  });
});
