import { useState } from "preact/hooks";
import { moreStrings } from "../../i18n/index.ts";
import { openDialog, openPanel, token } from "../../page-state.ts";
import { preferredName, THEMES, theme } from "../../preferences.ts";
import { signInInfo } from "../../sign-in/login-page.ts";
import { RemoveTokenButton } from "../connection/sign-in.tsx";
import { NotificationSettings } from "../rooms/notification-settings.tsx";
import { LanguageChoice, NameInput } from "./form-fields.tsx";

/** Theme and language change at once. The button saves the name. */
export function SettingsForm() {
  const [name, setName] = useState(preferredName.value);
  const t = moreStrings.value;
  return (
    <form
      class="form-fields"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") preferredName.value = name.trim();
        openDialog.value = undefined;
      }}
    >
      <label for="my-name">{t.yourName}</label>
      {token.value !== undefined ? (
        <>
          <p class="hint">{signInInfo.value?.loginUrl === undefined ? t.nameFromToken : t.nameFromSignIn}</p>
          <RemoveTokenButton />
        </>
      ) : (
        <NameInput id="my-name" name={name} onName={setName} />
      )}
      <fieldset>
        <legend>{t.theme}</legend>
        {THEMES.map((option) => (
          <label key={option} class="choice">
            <input
              type="radio"
              name="theme"
              checked={theme.value === option}
              onChange={() => {
                theme.value = option;
              }}
            />
            {t.themes[option]}
          </label>
        ))}
      </fieldset>
      <LanguageChoice />
      <NotificationSettings />
      <button
        type="button"
        class="frames-button link-button"
        onClick={() => {
          openDialog.value = undefined;
          openPanel.value = "frames";
        }}
      >
        {t.showFrames}
      </button>
      <button type="submit" class="primary">
        {t.save}
      </button>
    </form>
  );
}
