import { useEffect, useRef } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { directionOf, toPlainLine } from "../../format/untrusted-text.ts";
import { strings } from "../../i18n/index.ts";
import { withMore } from "../../load-more.ts";
import { clearNotice, hasHardwareKeyboard } from "../../page-state.ts";
import { IconButton } from "../common/icon-button.tsx";
import { Icon } from "../common/icons.tsx";
import { lazy } from "../common/lazy.tsx";
import { EmojiPicker } from "./emoji-picker.tsx";

/** The key code during input-method composition. Safari does not set `isComposing` on the Enter that ends it. */
const COMPOSITION_KEY_CODE = 229;

const ComposeModeLine = lazy((more) => more.ComposeModeLine);

/** The message box with its buttons. */
export function Composer({ store }: { store: ChatStore }) {
  const input = useRef<HTMLTextAreaElement>(null);
  const filePicker = useRef<HTMLInputElement>(null);
  const { current } = store.mode;
  const mode = current.value;
  const text = mode?.kind === "edit" ? mode.text : store.draft.text.value;
  const t = strings.value;
  const isReadOnly = !store.canPublish.value;

  useEffect(() => fitHeight(input.current), [text]);
  useEffect(() => {
    if (hasHardwareKeyboard.matches) input.current?.focus();
  }, []);

  const setText = (value: string) => {
    if (mode?.kind === "edit") {
      current.value = { ...mode, text: value };
      return;
    }
    store.draft.setText(value);
    store.typing.onInput(value.trim() !== "");
  };
  const send = () => {
    const trimmed = text.trimEnd();
    if (trimmed.trim() === "") return;
    clearNotice(store);
    input.current?.focus();
    if (mode?.kind === "edit") {
      withMore((more) => void more.saveEdit(store, trimmed));
      return;
    }
    store.send(trimmed, mode?.reply);
    current.value = undefined;
    setText("");
    store.readPosition.dividerAfter.value = undefined;
  };
  const insert = (emoji: string) => {
    const node = input.current;
    if (node === null) return;
    node.focus();
    node.setRangeText(emoji, node.selectionStart, node.selectionEnd, "end");
    setText(node.value);
  };
  const attach = (files: readonly File[]) => withMore((more) => void more.attachFiles(store, files));
  const onKeyDown = (event: KeyboardEvent) => {
    const isComposing = event.isComposing || event.keyCode === COMPOSITION_KEY_CODE;
    if (isComposing) return;
    if (event.key === "Escape" && mode !== undefined) store.mode.cancel();
    if (event.key === "ArrowUp" && text === "" && mode === undefined) {
      event.preventDefault();
      withMore((more) => more.editLast(store));
    }
    const isSend = event.key === "Enter" && !event.shiftKey;
    // On a touch keyboard, Enter starts a new line.
    if (!isSend || !hasHardwareKeyboard.matches) return;
    event.preventDefault();
    send();
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const pastedText = event.clipboardData?.getData("text/plain") ?? "";
    // A spreadsheet adds an image of the cells to the text. A file manager adds the file names as text.
    const isText = pastedText !== "" && !files.some(({ name }) => pastedText.includes(name));
    if (isText || files.length === 0) return;
    event.preventDefault();
    attach(files);
  };
  return (
    <form
      class="composer"
      data-mode={mode?.kind}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {mode !== undefined && <ComposeModeLine store={store} />}
      <input
        ref={filePicker}
        type="file"
        multiple
        hidden
        aria-label={t.attach}
        onChange={() => {
          attach([...(filePicker.current?.files ?? [])]);
          if (filePicker.current !== null) filePicker.current.value = "";
        }}
      />
      <IconButton
        icon="attach"
        label={t.attach}
        disabled={isReadOnly || mode !== undefined}
        onClick={() => filePicker.current?.click()}
      />
      <label for="text" class="visually-hidden">
        {t.message}
      </label>
      <textarea
        ref={input}
        id="text"
        rows={1}
        dir={directionOf(text)}
        value={text}
        placeholder={isReadOnly ? t.readOnly : t.messageTo(toPlainLine(store.roomName))}
        disabled={isReadOnly}
        readOnly={mode?.kind === "edit" && mode.isSaving === true}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      <EmojiPicker disabled={isReadOnly} onPick={insert} />
      <button
        type="submit"
        class="send-button"
        aria-label={mode?.kind === "edit" ? t.save : t.send}
        title={mode?.kind === "edit" ? t.save : t.send}
        disabled={isReadOnly || text.trim() === ""}
      >
        <Icon name={mode?.kind === "edit" ? "sent" : "send"} />
      </button>
    </form>
  );
}

/** Grows the box with its text, up to the maximum height in the style sheet. */
function fitHeight(node: HTMLTextAreaElement | null): void {
  if (node === null) return;
  node.style.height = "auto";
  node.style.height = `${node.scrollHeight}px`;
}
