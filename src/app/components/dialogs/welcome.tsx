import { useEffect, useRef, useState } from "preact/hooks";
import { limitCombiningMarks } from "../../format/untrusted-text.ts";
import { strings } from "../../i18n/index.ts";
import { hasHardwareKeyboard } from "../../page-state.ts";
import { preferredName } from "../../preferences.ts";
import { currentRoom } from "../../router.ts";
import { lazy } from "../common/lazy.tsx";
import { Brand } from "../layout/sidebar.tsx";
import { LanguageChoice, NameInput } from "./form-fields.tsx";

const WelcomeSignIn = lazy((more) => more.WelcomeSignIn);

/** The first view of a new user: the room, and a form for the name. */
export function Welcome() {
  const [name, setName] = useState("");
  const t = strings.value;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // On a phone, the focus would open a keyboard that covers the form.
    if (hasHardwareKeyboard.matches) form.current?.querySelector("input")?.focus();
  }, []);
  return (
    <main class="welcome">
      <form
        ref={form}
        class="form-fields"
        onSubmit={(event) => {
          event.preventDefault();
          preferredName.value = name.trim();
        }}
      >
        <Brand />
        <p class="about">{t.about}</p>
        <p class="hint">{t.joining}</p>
        <h1>
          <bdi>{limitCombiningMarks(currentRoom.value)}</bdi>
        </h1>
        <WelcomeSignIn room={currentRoom.value} />
        <div class="form-fields">
          <label for="my-name">{t.enterName}</label>
          <NameInput id="my-name" name={name} onName={setName} />
          <p class="hint">{t.nameHint}</p>
          <button type="submit" class="primary">
            {t.join}
          </button>
        </div>
        <LanguageChoice />
      </form>
    </main>
  );
}
