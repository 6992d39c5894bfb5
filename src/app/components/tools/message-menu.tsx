import { useRef, useState } from "preact/hooks";
import type { ChatMessage } from "../../chat/chat-message.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { toggleReaction } from "../../chat/operations.ts";
import { moreStrings } from "../../i18n/index.ts";
import { IconButton } from "../common/icon-button.tsx";
import { Icon } from "../common/icons.tsx";
import type { Tool } from "./message-tools.tsx";
import { placeMenu } from "./place-menu.ts";

const EMOJI = ["👍", "❤️", "😂", "🎉", "😢", "👀"];
/** The bound of the service for the key of a reaction. */
const MAX_KEY_CHARS = 64;

type MessageMenuProps = { id: string; store: ChatStore; message: ChatMessage; tools: readonly Tool[] };

/** Reactions, and where the tools have no space of their own, the tools. The browser closes it on Escape and on a click elsewhere. */
export function MessageMenu({ id, store, message, tools }: MessageMenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const [other, setOther] = useState("");
  const t = moreStrings.value;
  const close = () => menu.current?.hidePopover();
  const react = (key: string) => {
    close();
    setOther("");
    if (key !== "") void toggleReaction(store, message, key);
  };
  return (
    <div
      ref={menu}
      id={id}
      class="message-menu"
      popover="auto"
      role="dialog"
      aria-label={t.messageActions}
      onToggle={({ newState }) => {
        if (newState !== "open" || menu.current === null) return;
        placeMenu(menu.current, menu.current.parentElement?.querySelector(".tool-bar"));
        menu.current.querySelector("button")?.focus({ preventScroll: true });
      }}
    >
      {store.canPublish.value && (
        <>
          <div class="quick-reactions">
            {EMOJI.map((emoji) => (
              <button
                key={emoji}
                type="button"
                aria-label={t.reactWith(emoji)}
                aria-pressed={message.reactions?.[emoji]?.mine === true}
                onClick={() => react(emoji)}
              >
                {emoji}
              </button>
            ))}
          </div>
          <form
            class="other-reaction"
            onSubmit={(event) => {
              event.preventDefault();
              react(other.trim());
            }}
          >
            <input
              aria-label={t.otherReaction}
              placeholder={t.otherReaction}
              maxLength={MAX_KEY_CHARS}
              autocomplete="off"
              value={other}
              onInput={({ currentTarget }) => setOther(currentTarget.value)}
            />
            <IconButton icon="plus" label={t.react} onClick={() => react(other.trim())} />
          </form>
        </>
      )}
      {tools.map(({ icon, label, run }) => (
        <button
          key={icon}
          type="button"
          class="compact menu-item"
          onClick={() => {
            close();
            run();
          }}
        >
          <Icon name={icon} />
          {label}
        </button>
      ))}
    </div>
  );
}
