import { useEffect, useRef } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { strings } from "../../i18n/index.ts";
import { openPanel, type PanelName } from "../../page-state.ts";
import { IconButton } from "../common/icon-button.tsx";
import { FrameList } from "../panels/frame-list.tsx";
import { MemberList } from "../panels/member-list.tsx";
import { SearchPanel } from "../search/search-panel.tsx";

/** The panel beside the conversation. */
export function SidePanel({ panel, store }: { panel: PanelName; store: ChatStore }) {
  const ref = useRef<HTMLElement>(null);
  const t = strings.value;
  const title = t[panel];
  const close = () => {
    openPanel.value = undefined;
  };
  useEffect(() => {
    const toggle = document.querySelector<HTMLElement>('.room-header [aria-pressed="true"]');
    (ref.current?.querySelector<HTMLElement>("[type=search]") ?? ref.current)?.focus();
    // The button can take the focus only after the header is no longer inert.
    return () => queueMicrotask(() => toggle?.focus());
  }, [panel]);
  return (
    <aside
      ref={ref}
      class="side-panel"
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <header>
        <h2>{title}</h2>
        <IconButton icon="close" label={t.close} onClick={close} />
      </header>
      {panel === "members" && <MemberList store={store} />}
      {panel === "frames" && <FrameList recorder={store.recorder} />}
      {panel === "search" && <SearchPanel key={store.roomName} store={store} />}
    </aside>
  );
}
