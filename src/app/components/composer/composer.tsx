import { useEffect, useRef } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { directionOf, toPlainLine } from "../../format/untrusted-text.ts";
import { strings } from "../../i18n/index.ts";
import { clearNotice, hasHardwareKeyboard } from "../../page-state.ts";
import { IconButton } from "../common/icon-button.tsx";
import { Icon } from "../common/icons.tsx";
import { attachFiles } from "./attach-files.ts";
import { EmojiPicker } from "./emoji-picker.tsx";

/** The key code during input-method composition. Safari does not set `isComposing` on the Enter that ends it. */
const COMPOSITION_KEY_CODE = 229;

/** The message box with its buttons. */
export function Composer({ store }: { store: ChatStore }) {
  const input = useRef<HTMLTextAreaElement>(null);
  const filePicker = useRef<HTMLInputElement>(null);
  const text = store.draft.text.value;
  const t = strings.value;
  const isReadOnly = !store.canPublish.value;

  useEffect(() => fitHeight(input.current), [text]);
  useEffect(() => {
    if (hasHardwareKeyboard.matches) input.current?.focus();
  }, []);

  const setText = (value: string) => {
    store.draft.setText(value);
    store.typing.onInput(value.trim() !== "");
  };
  const send = () => {
    const trimmed = text.trimEnd();
    if (trimmed.trim() === "") return;
    clearNotice(store);
    store.send(trimmed);
    setText("");
    store.readPosition.dividerAfter.value = undefined;
    input.current?.focus();
  };
  const insert = (emoji: string) => {
    const node = input.current;
    if (node === null) return;
    node.focus();
    node.setRangeText(emoji, node.selectionStart, node.selectionEnd, "end");
    setText(node.value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isComposing = event.isComposing || event.keyCode === COMPOSITION_KEY_CODE;
    const isSend = event.key === "Enter" && !event.shiftKey && !isComposing;
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
    void attachFiles(store, files);
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <input
        ref={filePicker}
        type="file"
        multiple
        hidden
        aria-label={t.attach}
        onChange={() => {
          void attachFiles(store, [...(filePicker.current?.files ?? [])]);
          if (filePicker.current !== null) filePicker.current.value = "";
        }}
      />
      <IconButton
        icon="attach"
        label={t.attach}
        disabled={isReadOnly}
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
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      <EmojiPicker disabled={isReadOnly} onPick={insert} />
      <button
        type="submit"
        class="send-button"
        aria-label={t.send}
        title={t.send}
        disabled={isReadOnly || text.trim() === ""}
      >
        <Icon name="send" />
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
