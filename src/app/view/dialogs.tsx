import { useEffect, useRef, useState } from "preact/hooks";
import { invitationTo, roomName } from "../address.ts";
import { unpiled } from "../format/safe.ts";
import { myName, THEMES, theme } from "../settings.ts";
import { hasKeyboard, open, token } from "../state.ts";
import { choose, LANGUAGES, language, words } from "../text/index.ts";
import { LeaveToken } from "./network.tsx";
import { Dialog } from "./parts.tsx";
import { Brand, Side } from "./side.tsx";

const NAME_CHARS = 64;

const close = () => {
  open.value = undefined;
};

export function Dialogs() {
  const t = words.value;
  const which = open.value;
  if (which === undefined) return null;
  const [title, Content, look] = {
    rooms: [t.rooms, Side, "drawer"] as const,
    settings: [t.settings, Settings] as const,
    invite: [t.inviteTitle, Invite] as const,
  }[which];
  return (
    <Dialog key={which} title={title} class={look ?? ""} onClose={close}>
      <Content />
    </Dialog>
  );
}

function Settings() {
  const [name, setName] = useState(myName.value);
  const t = words.value;
  return (
    <form
      class="fields"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") myName.value = name.trim();
        close();
      }}
    >
      <label for="my-name">{t.yourName}</label>
      {token.value !== undefined ? (
        <>
          <p class="hint">{t.nameByToken}</p>
          <LeaveToken />
        </>
      ) : (
        <NameInput id="my-name" name={name} onName={setName} />
      )}
      <fieldset>
        <legend>{t.theme}</legend>
        {THEMES.map((one) => (
          <label key={one} class="choice">
            <input
              type="radio"
              name="theme"
              checked={theme.value === one}
              onChange={() => {
                theme.value = one;
              }}
            />
            {t.themes[one]}
          </label>
        ))}
      </fieldset>
      <LanguageChoice />
      <button type="submit" class="primary">
        {t.save}
      </button>
    </form>
  );
}

function NameInput({ id, name, onName }: { id: string; name: string; onName: (name: string) => void }) {
  return (
    <input
      id={id}
      maxLength={NAME_CHARS}
      autocomplete="nickname"
      spellcheck={false}
      required
      pattern=".*\S.*"
      title={words.value.askName}
      dir="auto"
      placeholder={words.value.yourName}
      value={name}
      onInput={({ currentTarget }) => onName(currentTarget.value)}
    />
  );
}

function LanguageChoice() {
  return (
    <fieldset>
      <legend>{words.value.languageLabel}</legend>
      {Object.entries(LANGUAGES).map(([tag, its]) => (
        <label key={tag} class="choice" lang={tag}>
          <input type="radio" name="language" checked={language.value === tag} onChange={() => choose(tag)} />
          {its.language}
        </label>
      ))}
    </fieldset>
  );
}

/** The first thing that a newcomer sees: where they are about to go, and one question. */
export function Welcome() {
  const [name, setName] = useState("");
  const t = words.value;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // A keyboard on the screen would hide what this is about.
    if (hasKeyboard.matches) form.current?.querySelector("input")?.focus();
  }, []);
  return (
    <main class="welcome">
      <form
        ref={form}
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          myName.value = name.trim();
        }}
      >
        <Brand />
        <p class="hint">{t.welcomeTo}</p>
        <h1>
          <bdi>{unpiled(roomName.value)}</bdi>
        </h1>
        <label for="my-name">{t.askName}</label>
        <NameInput id="my-name" name={name} onName={setName} />
        <p class="hint">{t.nameHint}</p>
        <button type="submit" class="primary">
          {t.enter}
        </button>
        <LanguageChoice />
      </form>
    </main>
  );
}

function Invite() {
  const link = invitationTo(roomName.value);
  const [isCopied, setCopied] = useState<boolean>();
  const field = useRef<HTMLTextAreaElement>(null);
  const t = words.value;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      // The browser, or its user, has said no: the next best is one key away.
      field.current?.select();
      setCopied(false);
    }
  };
  return (
    <div class="fields">
      <p class="hint">{t.inviteHint}</p>
      <QrCode text={link} />
      <label for="link">{t.inviteLink}</label>
      <div class="copy">
        <textarea
          ref={field}
          id="link"
          rows={2}
          dir="ltr"
          readOnly
          value={link}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        {navigator.clipboard !== undefined && (
          <button type="button" class="primary" aria-live="polite" onClick={() => void copy()}>
            {isCopied ? t.copied : t.copy}
          </button>
        )}
      </div>
      <p class="hint" role="status">
        {isCopied === false && t.copyByHand}
      </p>
      {navigator.share !== undefined && (
        <button type="button" onClick={() => void navigator.share({ url: link }).catch(() => {})}>
          {t.share}
        </button>
      )}
    </div>
  );
}

/** Dark on light in either theme: many readers take nothing else. */
function QrCode({ text }: { text: string }) {
  const [code, setCode] = useState<{ viewBox: string; path: string }>();
  useEffect(() => {
    // Without it, there is still the link.
    void import("./qr.ts").then(({ qrOf }) => setCode(qrOf(text))).catch(() => {});
  }, [text]);
  return (
    <svg class="qr" viewBox={code?.viewBox} role="img" aria-label={words.value.qrLabel}>
      <path d={code?.path} shape-rendering="crispEdges" />
    </svg>
  );
}
