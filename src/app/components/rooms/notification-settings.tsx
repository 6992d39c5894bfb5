import { moreStrings } from "../../i18n/index.ts";
import {
  chooseNotifications,
  isNotifying,
  notificationChoice,
  permission,
  turnOnNotifications,
} from "../../rooms/notifications.ts";

/** Turns notifications on and off, and says what stands in the way. */
export function NotificationSettings() {
  const t = moreStrings.value;
  const state = permission.value;
  const isOn = isNotifying.value;
  return (
    <fieldset class="notification-settings">
      <legend>{t.notifications}</legend>
      {state === "granted" && (
        <>
          <Checkbox
            label={t.notifyMe}
            isChecked={isOn}
            onChange={(isChecked) => chooseNotifications(isChecked ? "on" : "off")}
          />
          {isOn && (
            <Checkbox
              label={t.hideText}
              isChecked={notificationChoice.value === "hidden"}
              onChange={(isChecked) => chooseNotifications(isChecked ? "hidden" : "on")}
            />
          )}
        </>
      )}
      {state === "default" && (
        <button type="button" onClick={() => void turnOnNotifications()}>
          {t.turnOnNotifications}
        </button>
      )}
      <p class="hint" role="status">
        {state === undefined
          ? t.notificationsUnsupported
          : state === "denied"
            ? t.notificationsDenied
            : t.notificationsHint}
      </p>
    </fieldset>
  );
}

type CheckboxProps = { label: string; isChecked: boolean; onChange: (isChecked: boolean) => void };

function Checkbox({ label, isChecked, onChange }: CheckboxProps) {
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={isChecked}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      {label}
    </label>
  );
}
