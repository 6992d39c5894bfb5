import { type ReadonlySignal, type Signal, useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type ChatMessage, editableText } from "../../chat/chat-message.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { canChange } from "../../chat/edit-message.ts";
import { moreStrings } from "../../i18n/index.ts";
import { inviteLink } from "../../router.ts";
import { IconButton } from "../common/icon-button.tsx";
import { Icon, type IconName } from "../common/icons.tsx";
import { copy } from "./copy.ts";
import { DeleteDialog } from "./delete-dialog.tsx";
import { MessageMenu } from "./message-menu.tsx";

/** Something to do with a message. */
export type Tool = { icon: IconName; label: string; isOnlyInMenu?: true; run: () => void };

const MENU_ID = "message-menu";

type MessageToolsProps = {
  store: ChatStore;
  seq: ReadonlySignal<number | undefined>;
  /** Whether the user is asked if the message is to be deleted. */
  isDeleting: Signal<boolean>;
};

/** The actions on a message: buttons where there is space beside it, and a menu elsewhere. */
export function MessageTools({ store, seq, isDeleting }: MessageToolsProps) {
  const message = useComputed(() => store.jump.find(seq.value ?? 0)).value;
  const isGone = message === undefined || message.content.kind === "deleted";
  // Otherwise the question would come up again for the next message.
  useEffect(() => {
    if (isGone) isDeleting.value = false;
  }, [isGone]);
  const t = moreStrings.value;
  if (isGone) return null;
  const setDeleting = (isAsked: boolean) => {
    isDeleting.value = isAsked;
  };
  const tools = toolsFor(store, message, () => setDeleting(true));
  return (
    <>
      <div key={message.seq} class="tool-bar" role="toolbar" aria-label={t.messageActions}>
        {store.canPublish.value && <MenuButton class="wide" icon="emoji" label={t.react} />}
        {tools
          .filter(({ isOnlyInMenu }) => !isOnlyInMenu)
          .map(({ icon, label, run }) => (
            <IconButton key={icon} class="wide" icon={icon} label={label} onClick={run} />
          ))}
        <MenuButton class="compact" icon="more" label={t.messageActions} />
      </div>
      <MessageMenu id={MENU_ID} store={store} message={message} tools={tools} />
      {isDeleting.value && (
        <DeleteDialog store={store} message={message} onClose={() => setDeleting(false)} />
      )}
    </>
  );
}

function MenuButton({ icon, label, class: className }: { icon: IconName; label: string; class: string }) {
  return (
    <button
      type="button"
      class={`icon-button ${className}`}
      title={label}
      aria-label={label}
      aria-haspopup="dialog"
      popoverTarget={MENU_ID}
    >
      <Icon name={icon} />
    </button>
  );
}

function toolsFor(store: ChatStore, message: ChatMessage, onDelete: () => void): Tool[] {
  const t = moreStrings.value;
  const { content, seq } = message;
  const text = "text" in content ? content.text : undefined;
  const mayChange = canChange(store, message);
  const tools: (Tool | false)[] = [
    store.canPublish.value && { icon: "reply", label: t.reply, run: () => store.mode.reply(message) },
    mayChange &&
      editableText(message) !== undefined && {
        icon: "edit",
        label: t.edit,
        run: () => store.mode.edit(message),
      },
    // A long press opens the menu, so it cannot select the text.
    text !== undefined && {
      icon: "copy",
      label: t.copyText,
      isOnlyInMenu: true,
      run: () => void copy(text),
    },
    { icon: "invite", label: t.copyLink, run: () => void copy(inviteLink(store.roomName, seq)) },
    mayChange && { icon: "delete", label: t.deleteMessage, run: onDelete },
  ];
  return tools.filter((tool) => tool !== false);
}
