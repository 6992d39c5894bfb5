import type { ChatMessage } from "../../chat/chat-message.ts";
import { summaryOf } from "../../chat/chat-message.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { deleteMessage } from "../../chat/operations.ts";
import { toReply } from "../../chat/reply.ts";
import { moreStrings } from "../../i18n/index.ts";
import { Dialog } from "../common/dialog.tsx";
import { NameLabel } from "../common/name-label.tsx";

type DeleteDialogProps = { store: ChatStore; message: ChatMessage; onClose: () => void };

/** Asks whether to delete a message. */
export function DeleteDialog({ store, message, onClose }: DeleteDialogProps) {
  const t = moreStrings.value;
  const { name, text } = toReply(message.seq, message.name, summaryOf(message.content));
  return (
    <Dialog title={t.deleteTitle} onClose={onClose}>
      <form
        class="form-fields"
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          void deleteMessage(store, message);
          // The focused tool goes away with the message.
          queueMicrotask(() => document.getElementById("text")?.focus());
        }}
      >
        <p class="quote">
          <NameLabel name={name} />
          <bdi class="quote-text">{text}</bdi>
        </p>
        <p class="hint">{t.deleteHint}</p>
        <p class="actions">
          <button type="submit" class="primary">
            {t.deleteMessage}
          </button>
          <button type="button" onClick={onClose}>
            {moreStrings.value.cancel}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
