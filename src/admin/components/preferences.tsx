import { LANGUAGE_NAMES, language } from "../../app/i18n/language.ts";
import { THEMES, theme } from "../../app/preferences.ts";
import { setLanguage, texts } from "../i18n/index.ts";

/** Language and theme, which the chat page shares. */
export function Preferences() {
  const t = texts.value;
  return (
    <div class="admin-preferences">
      <label>
        {t.language}
        <select value={language.value} onChange={({ currentTarget }) => setLanguage(currentTarget.value)}>
          {Object.entries(LANGUAGE_NAMES).map(([tag, name]) => (
            <option key={tag} value={tag} lang={tag}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t.theme}
        <select
          value={theme.value}
          onChange={({ currentTarget }) => {
            theme.value = THEMES.find((known) => known === currentTarget.value) ?? "system";
          }}
        >
          {THEMES.map((option) => (
            <option key={option} value={option}>
              {t.themes[option]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
