import { useEffect, useId, useRef, useState } from "preact/hooks";
import { parseCursor } from "../../../protocol/cursor.ts";
import { toPlainLine } from "../../format/untrusted-text.ts";
import { moreStrings } from "../../i18n/index.ts";
import { chatStore } from "../../page-state.ts";
import { countOf, markRoomRead } from "../../rooms/room-counts.ts";
import { roomSettings, setRoomSetting } from "../../rooms/room-settings.ts";
import { followRead } from "../../rooms/watch-rooms.ts";
import { currentRoom, updateRecentRooms } from "../../router.ts";
import { Icon, type IconName } from "../common/icons.tsx";
import { placeMenu } from "../tools/place-menu.ts";

/** The menu of a room of the list, and the button that opens it. */
export function RoomTools({ room }: { room: string }) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const label = moreStrings.value.roomOptions(toPlainLine(room));
  const isCurrent = room === currentRoom.value;
  useEffect(() => {
    // A long list may be scrolled elsewhere.
    if (isCurrent) menu.current?.parentElement?.scrollIntoView({ block: "nearest" });
  }, [isCurrent]);
  return (
    <>
      <button
        type="button"
        class="icon-button"
        title={label}
        aria-label={label}
        aria-haspopup="dialog"
        popoverTarget={id}
      >
        <Icon name="more" />
      </button>
      <div
        ref={menu}
        id={id}
        class="message-menu"
        popover="auto"
        role="dialog"
        aria-label={label}
        onToggle={({ newState }) => setOpen(newState === "open")}
      >
        {isOpen && menu.current !== null && <MenuItems room={room} menu={menu.current} />}
      </div>
    </>
  );
}

type Item = { icon: IconName; label: string; run: () => void };

function MenuItems({ room, menu }: { room: string; menu: HTMLElement }) {
  useEffect(() => {
    placeMenu(menu, menu.previousElementSibling);
    menu.querySelector("button")?.focus({ preventScroll: true });
  }, []);
  return itemsFor(room, menu).map(({ icon, label, run }) => (
    <button
      key={icon}
      type="button"
      class="menu-item"
      onClick={() => {
        menu.hidePopover();
        run();
      }}
    >
      <Icon name={icon} />
      {label}
    </button>
  ));
}

function itemsFor(room: string, menu: HTMLElement): Item[] {
  const t = moreStrings.value;
  const isPinned = roomSettings.value.pinned.has(room);
  const isMuted = roomSettings.value.muted.has(room);
  const items: (Item | false)[] = [
    (countOf(room).value?.unread ?? 0) > 0 && { icon: "sent", label: t.markAsRead, run: () => read(room) },
    {
      icon: "pin",
      label: isPinned ? t.unpinRoom : t.pinRoom,
      run: () => setRoomSetting(room, "pinned", !isPinned),
    },
    {
      icon: isMuted ? "bell" : "muted",
      label: isMuted ? t.unmuteRoom : t.muteRoom,
      run: () => setRoomSetting(room, "muted", !isMuted),
    },
    room !== currentRoom.value && { icon: "close", label: t.removeRoom, run: () => remove(room, menu) },
  ];
  return items.filter((item) => item !== false);
}

function read(room: string): void {
  const store = chatStore.peek();
  if (store?.roomName === room) {
    store.readPosition.markRead(parseCursor(store.room?.cursor)?.seq ?? 0);
  } else {
    markRoomRead(room);
    followRead(room);
  }
}

/** The focus moves on to the next room, since its place goes. */
function remove(room: string, menu: HTMLElement): void {
  const item = menu.closest("li");
  const next = item?.nextElementSibling ?? item?.previousElementSibling;
  updateRecentRooms((rooms) => rooms.filter((name) => name !== room));
  next?.querySelector("a")?.focus();
}
