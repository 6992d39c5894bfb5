import { moreStrings } from "../../i18n/index.ts";
import { openDialog } from "../../page-state.ts";
import { Dialog } from "../common/dialog.tsx";
import { Sidebar } from "../layout/sidebar.tsx";
import { InviteContent } from "./invite.tsx";
import { SettingsForm } from "./settings.tsx";

/** The dialog that is open, if any. */
export function Dialogs() {
  const t = moreStrings.value;
  const name = openDialog.value;
  if (name === undefined) return null;
  const [title, Content, className] = {
    rooms: [t.rooms, Sidebar, "drawer"] as const,
    settings: [t.settings, SettingsForm] as const,
    invite: [t.inviteTitle, InviteContent] as const,
  }[name];
  return (
    <Dialog
      key={name}
      title={title}
      class={className ?? ""}
      onClose={() => {
        openDialog.value = undefined;
      }}
    >
      <Content />
    </Dialog>
  );
}
