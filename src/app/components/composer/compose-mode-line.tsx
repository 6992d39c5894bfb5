import { useEffect } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { isEditGone, isEditOutdated } from "../../chat/edit-message.ts";
import { displayName } from "../../format/display-name.ts";
import { toIsolatedLine } from "../../format/untrusted-text.ts";
import { moreStrings } from "../../i18n/index.ts";
import { IconButton } from "../common/icon-button.tsx";

/** Says that the message box holds an answer, or another text of a message. */
export function ComposeModeLine({ store }: { store: ChatStore }) {
  const mode = store.mode.current.value;
  const messages = store.messages.value;
  const edited = mode?.kind === "edit" ? mode.message.seq : undefined;
  useEffect(() => {
    const row = document.querySelector<HTMLElement>(`.message[data-seq="${edited}"]`);
    if (row === null) return;
    row.dataset.edited = "";
    return () => delete row.dataset.edited;
  }, [edited, messages]);
  if (mode === undefined) return null;
  const t = moreStrings.value;
  const isSourceDeleted =
    mode.kind === "reply" && store.jump.find(mode.reply.seq)?.content.kind === "deleted";
  const text =
    mode.kind === "reply"
      ? t.replyTo(toIsolatedLine(displayName(mode.reply.name)))
      : isEditGone(store, mode)
        ? t.editGone
        : isEditOutdated(store, mode) && !mode.isSaving
          ? t.editChanged
          : t.editing;
  return (
    <p class="compose-mode">
      <span role="status">
        {text}
        {mode.kind === "reply" && <bdi>{isSourceDeleted ? t.deletedMessage : mode.reply.text}</bdi>}
      </span>
      <IconButton icon="close" label={t.cancel} onClick={() => store.mode.cancel()} />
    </p>
  );
}
