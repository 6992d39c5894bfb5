import { strings } from "../../i18n/index.ts";
import { chatStore, isNarrow, openDialog, openPanel } from "../../page-state.ts";
import { preferredName } from "../../preferences.ts";
import { arrivedToken } from "../../router.ts";
import { lazy } from "../common/lazy.tsx";
import { Welcome } from "../dialogs/welcome.tsx";
import { Conversation } from "./conversation.tsx";
import { Sidebar } from "./sidebar.tsx";

const Dialogs = lazy((more) => more.Dialogs);
const SidePanel = lazy((more) => more.SidePanel);

export function App() {
  const store = chatStore.value;
  if (arrivedToken.value !== undefined) return null;
  if (preferredName.value === "" || store === undefined) return <Welcome />;
  // A narrow window shows the panel above the rest, which then takes no input, as below a modal dialog.
  const isCovered = openPanel.value !== undefined && isNarrow.value;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a click beside the panel; Escape is for the keyboard
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same
    <div
      class="app"
      data-panel={openPanel.value}
      onClick={(event) => {
        if (isCovered && event.target === event.currentTarget) openPanel.value = undefined;
      }}
    >
      <button
        type="button"
        class="skip-link"
        inert={isCovered}
        onClick={() => document.getElementById("text")?.focus()}
      >
        {strings.value.skipToInput}
      </button>
      <Sidebar isCovered={isCovered} />
      <Conversation key={store.roomName} store={store} isCovered={isCovered} />
      {openPanel.value !== undefined && <SidePanel panel={openPanel.value} store={store} />}
      {openDialog.value !== undefined && <Dialogs />}
    </div>
  );
}
