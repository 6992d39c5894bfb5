import { effect, untracked } from "@preact/signals";
import { roomList } from "../components/rooms/room-list-parts.tsx";
import { chatStore, mentionsElsewhere, roomListParts } from "../page-state.ts";
import { recentRooms, updateRecentRooms } from "../router.ts";
import {
  closeNotification,
  forgetNotifications,
  openClickedNotifications,
  syncNotifications,
} from "./notifications.ts";
import { trackOpenRoom } from "./open-room.ts";
import { countOf, forgetCount, isUnreadSomewhere, mentionsInOtherRooms, syncCounts } from "./room-counts.ts";
import { pinnedFirst } from "./room-order.ts";
import { roomSettings, syncRoomSettings } from "./room-settings.ts";
import { followRead, isLeading, syncVisits, watchRooms } from "./watch-rooms.ts";

/** The browser forgets a room that leaves the list. */
function forgetRemovedRooms(): void {
  let before: readonly string[] = [];
  effect(() => {
    const rooms = recentRooms.value;
    const listed = new Set(rooms);
    for (const room of before) {
      if (listed.has(room)) continue;
      forgetCount(room);
      forgetNotifications(room);
    }
    before = rooms;
  });
}

/** Starts what the page does for rooms that are not open: unread marks, the order of the list, the badge, notifications. */
export function startRooms(): void {
  effect(() => {
    const { pinned } = roomSettings.value;
    if (pinnedFirst(recentRooms.value, pinned) !== recentRooms.value)
      untracked(() => updateRecentRooms((rooms) => pinnedFirst(rooms, pinned)));
  });
  forgetRemovedRooms();
  watchRooms();
  effect(() => {
    const store = chatStore.value;
    return store && untracked(() => trackOpenRoom(store));
  });
  effect(() => {
    const room = chatStore.value?.roomName;
    if (room !== undefined && countOf(room).value?.unread === 0) void closeNotification(room);
  });
  effect(showNumbers);
  roomListParts.value = roomList;
  openClickedNotifications();
  addEventListener("storage", ({ key }) => {
    const read = syncCounts(key);
    if (read !== undefined) followRead(read);
    syncRoomSettings(key);
    syncVisits(key);
    syncNotifications();
  });
  addEventListener("focus", syncNotifications);
}

/**
 * The number in the title and on the app: what is unread in the open room, and the mentions in the others. The badge is that of the tab that
 * watches. A narrow window marks the menu button.
 */
function showNumbers(): void {
  const mentions = mentionsInOtherRooms.value;
  const count = mentions + (chatStore.value?.readPosition.unreadCount.value ?? 0);
  mentionsElsewhere.value = mentions;
  document.documentElement.dataset.elsewhere =
    mentions > 0 ? "mentions" : isUnreadSomewhere.value ? "unread" : "";
  if (isLeading.value) void navigator.setAppBadge?.(count).catch(() => {});
}
