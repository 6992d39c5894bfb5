import { useEffect, useRef } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { moreStrings } from "../../i18n/index.ts";
import { areFramesInAddress, isNarrow, openPanel, type PanelName } from "../../page-state.ts";
import { IconButton } from "../common/icon-button.tsx";
import { FrameList } from "../panels/frame-list.tsx";
import { MemberList } from "../panels/member-list.tsx";
import { SearchPanel } from "../search/search-panel.tsx";

/** The panel beside the conversation. */
export function SidePanel({ panel, store }: { panel: PanelName; store: ChatStore }) {
  const ref = useRef<HTMLElement>(null);
  const t = moreStrings.value;
  const title = t[panel];
  const close = () => {
    openPanel.value = undefined;
  };
  useEffect(() => {
    // A panel that is open from the start takes no focus from the message box beside it.
    if (isNarrow.peek() || document.activeElement?.id !== "text" || panel === "search")
      (ref.current?.querySelector<HTMLElement>("[type=search]") ?? ref.current)?.focus();
    // The button can take the focus only after the rest of the page is no longer inert.
    return () => queueMicrotask(() => focusOpener(panel));
  }, [panel]);
  useEffect(() => {
    if (panel !== "frames") return;
    showFramesInAddress(true);
    return () => showFramesInAddress(false);
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

/** The frames open from the settings, which are in the drawer where the window is narrow. */
const OPENERS: Record<PanelName, string> = {
  members: ".members-button",
  search: ".search-button",
  frames: ".app > .sidebar .user-button, .menu-button",
};

function focusOpener(panel: PanelName): void {
  const openers = document.querySelectorAll<HTMLElement>(OPENERS[panel]);
  [...openers].find((opener) => opener.checkVisibility())?.focus();
}

/** So that a reload shows the frames again. */
function showFramesInAddress(isOpen: boolean): void {
  if (areFramesInAddress() === isOpen) return;
  const url = new URL(location.href);
  if (isOpen) url.searchParams.set("frames", "");
  else url.searchParams.delete("frames");
  // An empty parameter needs no "=".
  history.replaceState(history.state, "", url.href.replace("frames=", "frames"));
}
