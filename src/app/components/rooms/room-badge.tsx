import { roomsWithPending } from "../../chat/pending-storage.ts";
import { lookup, moreStrings } from "../../i18n/index.ts";
import { shortCount } from "../../rooms/room-count.ts";
import { countOf } from "../../rooms/room-counts.ts";
import { roomSettings } from "../../rooms/room-settings.ts";
import { currentRoom } from "../../router.ts";
import { Icon } from "../common/icons.tsx";

/** The marks of a room in the list: pinned, muted, refused, and how much is unread. */
export function RoomBadge({ room }: { room: string }) {
  const t = moreStrings.value;
  const { unread = 0, mentions = 0, refused } = countOf(room).value ?? {};
  const { pinned, muted } = roomSettings.value;
  const isMuted = muted.has(room);
  const isRefused = refused !== undefined && room !== currentRoom.value;
  // One mark at a time leaves space for the name. Pinned rooms are on top anyway.
  const mark: MarkProps | false =
    (isRefused && { icon: "alert", label: t.notWatched(refusalText(refused)) }) ||
    (isMuted && { icon: "muted", label: t.muted }) ||
    (pinned.has(room) && { icon: "pin", label: t.pinned });
  return (
    <span class="room-badge" data-muted={isMuted}>
      {room !== currentRoom.value && roomsWithPending.value.has(room) && (
        <span class="delivery-status" title={t.waitingForConnection}>
          <Icon name="waiting" />
          <span class="visually-hidden">{t.waitingForConnection}</span>
        </span>
      )}
      {mark && <Mark {...mark} />}
      {mentions > 0 && (
        <span class="count mention-count" title={t.mentions(mentions)}>
          <span aria-hidden="true">@{shortCount(mentions)}</span>
          <span class="visually-hidden">{t.mentions(mentions)}</span>
        </span>
      )}
      {unread > mentions && (
        <span class="count unread-count" title={t.unread(unread)}>
          <span aria-hidden="true">{shortCount(unread)}</span>
          <span class="visually-hidden">{t.unread(unread)}</span>
        </span>
      )}
    </span>
  );
}

type MarkProps = { icon: "alert" | "muted" | "pin"; label: string };

function Mark({ icon, label }: MarkProps) {
  return (
    <span class="mark" title={label}>
      <Icon name={icon} />
      <span class="visually-hidden">{label}</span>
    </span>
  );
}

/** A refusal without a text of its own says no more than that. */
function refusalText(code: string): string {
  const { errors, joinErrors } = moreStrings.value;
  const { other: _, ...texts } = joinErrors;
  return lookup(code, { ...errors, ...texts }) ?? "";
}
