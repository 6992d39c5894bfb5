import { computed, effect, untracked } from "@preact/signals";
import type { CoreRoom } from "../../client/core.ts";
import type { ChatMessage } from "../chat/chat-message.ts";
import type { ChatStore } from "../chat/chat-store.ts";
import { isMention } from "./room-count.ts";
import { setCount } from "./room-counts.ts";
import { followNews } from "./room-news.ts";
import { holdOpen } from "./tab-locks.ts";
import { AWAY } from "./watched-room.ts";

/** The mentions among the last messages, those after `lastRead`. */
export function unreadMentions(messages: readonly ChatMessage[], lastRead: number, selfId: string): number {
  let count = 0;
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i];
    if (message === undefined || message.seq <= lastRead) break;
    if (message.from !== selfId && isMention(message, selfId)) count++;
  }
  return count;
}

/**
 * Keeps the numbers of the open room for the list, tells the other tabs that it is open here, and passes its messages on.
 * @returns a function that ends that
 */
export function trackOpenRoom(store: ChatStore): () => void {
  const { readPosition, messages, selfId, connectionState, members } = store;
  const mentions = computed(() =>
    unreadMentions(messages.value, readPosition.lastRead.value, selfId.value ?? ""),
  );
  const ends = [
    holdOpen(store.roomName),
    effect(() => {
      const state = connectionState.value;
      if (state.status !== "live" || store.isCatchingUp.value) return;
      const read = readPosition.lastRead.value;
      const count = {
        epoch: state.welcome.epoch,
        read,
        seq: read,
        unread: readPosition.unreadCount.value,
        mentions: mentions.value,
      };
      untracked(() => setCount(store.roomName, count));
    }),
    effect(() => {
      const self = members.value.find(({ member }) => member === selfId.value);
      // Another device of this member watches the room, but this user looks at it.
      if (isAway(self?.state)) store.room?.setState({ status: "here" });
    }),
  ];
  let followed: CoreRoom | undefined;
  let unfollow = () => {};
  ends.push(
    effect(() => {
      // A change of identity brings another room.
      connectionState.value;
      const room = store.room as CoreRoom | undefined;
      if (room === followed || room === undefined) return;
      unfollow();
      followed = room;
      unfollow = followNews(room);
    }),
  );
  return () => {
    unfollow();
    for (const end of ends) end();
  };
}

export function isAway(state: unknown): boolean {
  return (state as { status?: unknown } | null | undefined)?.status === AWAY.status;
}
