import { signal } from "@preact/signals";
import { moreStrings } from "../../i18n/index.ts";
import {
  chooseNotifications,
  notificationChoice,
  permission,
  turnOnNotifications,
} from "../../rooms/notifications.ts";
import { isUnreadSomewhere } from "../../rooms/room-counts.ts";
import { Icon } from "../common/icons.tsx";

/** Once shown, it stays until the user answers. */
const isOffered = signal(false);

/** Offers notifications once: when a message arrived that the user does not look at. */
export function NotificationOffer() {
  const t = moreStrings.value;
  if (notificationChoice.value !== undefined || permission.value !== "default") return null;
  if (!isOffered.value && !isUnreadSomewhere.value) return null;
  isOffered.value = true;
  return (
    <section class="notification-offer" aria-label={t.notifications}>
      <p>
        <Icon name="bell" />
        {t.offerNotifications}
      </p>
      <p>
        <button type="button" class="link-button" onClick={() => void turnOnNotifications()}>
          {t.turnOnNotifications}
        </button>
        <button type="button" class="link-button" onClick={() => chooseNotifications("off")}>
          {t.notNow}
        </button>
      </p>
    </section>
  );
}
