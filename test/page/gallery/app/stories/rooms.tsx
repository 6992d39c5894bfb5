import { roomsWithPending } from "../../../../../src/app/chat/pending-storage.ts";
import { Sidebar } from "../../../../../src/app/components/layout/sidebar.tsx";
import { chatStore } from "../../../../../src/app/page-state.ts";
import { notificationChoice, permission } from "../../../../../src/app/rooms/notifications.ts";
import type { RoomCount } from "../../../../../src/app/rooms/room-count.ts";
import { setCount } from "../../../../../src/app/rooms/room-counts.ts";
import { roomSettings } from "../../../../../src/app/rooms/room-settings.ts";
import { recentRooms } from "../../../../../src/app/router.ts";
import { ROOM, storeWith } from "../fixtures.ts";
import { element, PHONE, type Story, shown } from "../story.ts";
import { page } from "./page.tsx";

const SIDEBAR = 256;
const WIDE = 560;

/** Rooms with every mark. */
const COUNTS: Record<string, Partial<RoomCount>> = {
  everything: { unread: 400, mentions: 120, refused: "room_full" },
  [ROOM]: { unread: 2, mentions: 1 },
  "release-2026-11": { unread: 3, mentions: 1 },
  "a room whose name is too long for the list": { unread: 400, mentions: 120 },
  announcements: { unread: 4 },
  "team lunch": { refused: "banned" },
  早上好: { unread: 1 },
  quiet: {},
};

function markRooms(): void {
  const rooms = Object.keys(COUNTS);
  recentRooms.value = rooms;
  roomSettings.value = { pinned: new Set(["everything"]), muted: new Set(["everything", "announcements"]) };
  for (const [room, count] of Object.entries(COUNTS))
    setCount(room, { epoch: "epoch", read: 1, seq: 500, unread: 0, mentions: 0, ...count });
  roomsWithPending.value = new Set(["quiet"]);
}

function offerNotifications(): void {
  notificationChoice.value = undefined;
  permission.value = "default";
}

const openMenu = async () => {
  element(".room-list li:nth-child(3) > .icon-button").click();
  await shown(".message-menu:popover-open .menu-item");
};

function sidebar() {
  chatStore.value = storeWith();
  markRooms();
  return <Sidebar />;
}

function drawer() {
  const view = page({ dialog: "rooms" });
  markRooms();
  return view;
}

export const ROOM_STORIES: readonly Story[] = [
  { name: "sidebar/marks", size: [SIDEBAR, 480], view: sidebar },
  {
    name: "sidebar/notification-offer",
    size: [SIDEBAR, 640],
    view: () => {
      offerNotifications();
      return sidebar();
    },
  },
  { name: "sidebar/menu", size: [WIDE, 480], view: sidebar, act: openMenu },
  {
    name: `page/drawer-marks-${PHONE}`,
    size: [PHONE, 720],
    view: () => {
      offerNotifications();
      return drawer();
    },
    act: () => shown("dialog[open]"),
  },
  {
    name: `page/drawer-menu-${PHONE}`,
    size: [PHONE, 720],
    view: drawer,
    act: async () => {
      await shown("dialog[open] .room-list .icon-button");
      element("dialog .room-list li:nth-child(3) > .icon-button").click();
      await shown(".message-menu:popover-open .menu-item");
    },
  },
  {
    // A dot on the menu button says that another room has something new.
    name: `page/elsewhere-${PHONE}`,
    size: [PHONE, 420],
    view: () => {
      const view = page();
      markRooms();
      return view;
    },
  },
  ...(["granted", "default", "denied"] as const).map(
    (state): Story => ({
      name: `dialogs/settings-notifications-${state}`,
      size: [PHONE, 640],
      view: () => {
        permission.value = state;
        notificationChoice.value = "hidden";
        return page({ dialog: "settings" });
      },
      act: () => shown("dialog[open]"),
    }),
  ),
];
