import type { ChatStore } from "../../chat/chat-store.ts";
import { limitCombiningMarks, toPlainLine } from "../../format/untrusted-text.ts";
import { strings } from "../../i18n/index.ts";
import { openDialog, openPanel, togglePanel } from "../../page-state.ts";
import { IconButton } from "../common/icon-button.tsx";
import { ConnectionStatus } from "../connection/connection-status.tsx";

/** The room's name, the connection status, and the buttons for dialogs and panels. */
export function RoomHeader({ store }: { store: ChatStore }) {
  const t = strings.value;
  const count = store.memberCount.value;
  return (
    <header class="room-header">
      <IconButton
        class="menu-button"
        icon="menu"
        label={t.menu}
        onClick={() => (openDialog.value = "rooms")}
      />
      <div class="room-title">
        <h1 title={toPlainLine(store.roomName)}>
          <bdi>{limitCombiningMarks(store.roomName)}</bdi>
        </h1>
        <ConnectionStatus store={store} />
      </div>
      <IconButton
        class="search-button"
        icon="search"
        label={t.search}
        isPressed={openPanel.value === "search"}
        onClick={() => togglePanel("search")}
      />
      <IconButton
        class="invite-button"
        icon="invite"
        label={t.invite}
        onClick={() => (openDialog.value = "invite")}
      />
      <IconButton
        class="members-button"
        icon="members"
        label={`${t.members}: ${t.online(count)}`}
        isPressed={openPanel.value === "members"}
        onClick={() => togglePanel("members")}
      >
        {count > 0 && <span class="member-count">{count}</span>}
      </IconButton>
    </header>
  );
}
