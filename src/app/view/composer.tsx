import { useEffect, useRef } from "preact/hooks";
import { prepare, TooBig } from "../file/prepare.ts";
import { sizeOf } from "../format/clock.ts";
import { directionOf, flat } from "../format/safe.ts";
import { clearNotice, hasKeyboard, notice } from "../state.ts";
import type { Talk } from "../talk/talk.ts";
import { words } from "../text/index.ts";
import { EmojiPicker } from "./emoji.tsx";
import { Icon } from "./icons.tsx";
import { IconButton } from "./parts.tsx";

/** What a composition (of pinyin, say) sends for each of its keys, where it sends no `isComposing`. */
const COMPOSING = 229;

export async function attach(talk: Talk, files: readonly File[]): Promise<void> {
  clearNotice(talk);
  if (!talk.mayPublish.value) return;
  const problems: (() => string)[] = [];
  for (const file of files) {
    const most = talk.messageBytes.value;
    try {
      talk.say(await prepare(file, most));
    } catch (error) {
      const name = flat(file.name);
      problems.push(() => {
        const { tooBig, unreadable } = words.value;
        return error instanceof TooBig ? tooBig(name, sizeOf(file.size), sizeOf(most)) : unreadable(name);
      });
      notice.value = () => problems.map((tell) => tell()).join("\n");
    }
  }
}

export function Composer({ talk }: { talk: Talk }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const text = talk.draft.text.value;
  const t = words.value;
  const isReader = !talk.mayPublish.value;

  useEffect(() => grow(box.current), [text]);
  useEffect(() => {
    if (hasKeyboard.matches) box.current?.focus();
  }, []);

  const write = (value: string) => {
    talk.draft.write(value);
    talk.typing.typed(value.trim() !== "");
  };
  const send = () => {
    const said = text.trimEnd();
    if (said.trim() === "") return;
    clearNotice(talk);
    talk.say(said);
    write("");
    talk.reading.mark.value = undefined;
    box.current?.focus();
  };
  const insert = (sign: string) => {
    const node = box.current;
    if (node === null) return;
    node.focus();
    node.setRangeText(sign, node.selectionStart, node.selectionEnd, "end");
    write(node.value);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isSend =
      event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== COMPOSING;
    // On a screen keyboard Enter makes a line, and the button sends.
    if (!isSend || !hasKeyboard.matches) return;
    event.preventDefault();
    send();
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const text = event.clipboardData?.getData("text/plain") ?? "";
    // A spreadsheet adds a picture of the cells; a file manager adds the names of the files, and no text is meant by them.
    const isText = text !== "" && !files.some(({ name }) => text.includes(name));
    if (isText || files.length === 0) return;
    event.preventDefault();
    void attach(talk, files);
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
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label={t.attach}
        onChange={() => {
          void attach(talk, [...(chooser.current?.files ?? [])]);
          if (chooser.current !== null) chooser.current.value = "";
        }}
      />
      <IconButton
        icon="attach"
        label={t.attach}
        disabled={isReader}
        onClick={() => chooser.current?.click()}
      />
      <label for="text" class="hidden">
        {t.message}
      </label>
      <textarea
        ref={box}
        id="text"
        rows={1}
        dir={directionOf(text)}
        value={text}
        placeholder={isReader ? t.readOnly : t.messageTo(flat(talk.room))}
        disabled={isReader}
        onInput={({ currentTarget }) => write(currentTarget.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      <EmojiPicker disabled={isReader} onPick={insert} />
      <button
        type="submit"
        class="send"
        aria-label={t.send}
        title={t.send}
        disabled={isReader || text.trim() === ""}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}

/** As high as its text, up to what the style allows. */
function grow(node: HTMLTextAreaElement | null): void {
  if (node === null) return;
  node.style.height = "auto";
  node.style.height = `${node.scrollHeight}px`;
}
