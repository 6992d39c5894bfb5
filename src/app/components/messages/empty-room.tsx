import { moreStrings } from "../../i18n/index.ts";
import { DormouseDrawing } from "../common/icons.tsx";
import { InviteContent } from "../dialogs/invite.tsx";

/** In a room without messages: the invitation, at once. */
export function EmptyRoom() {
  const t = moreStrings.value;
  return (
    <div class="empty-room">
      <DormouseDrawing />
      <h2>{t.emptyTitle}</h2>
      <p class="hint">{t.emptyHint}</p>
      <InviteContent />
    </div>
  );
}
