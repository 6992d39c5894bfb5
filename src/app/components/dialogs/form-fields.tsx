import { LANGUAGE_NAMES, language, setLanguage, strings } from "../../i18n/index.ts";

const MAX_NAME_CHARS = 64;

type NameInputProps = { id: string; name: string; onName: (name: string) => void };

export function NameInput({ id, name, onName }: NameInputProps) {
  const t = strings.value;
  return (
    <input
      id={id}
      maxLength={MAX_NAME_CHARS}
      autocomplete="nickname"
      spellcheck={false}
      required
      pattern=".*\S.*"
      title={t.enterName}
      dir="auto"
      placeholder={t.yourName}
      value={name}
      onInput={({ currentTarget }) => onName(currentTarget.value)}
    />
  );
}

export function LanguageChoice() {
  return (
    <fieldset>
      <legend>{strings.value.languageLabel}</legend>
      {Object.entries(LANGUAGE_NAMES).map(([tag, name]) => (
        <label key={tag} class="choice" lang={tag}>
          <input
            type="radio"
            name="language"
            checked={language.value === tag}
            onChange={() => setLanguage(tag)}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
