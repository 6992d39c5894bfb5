import type { ChatStore } from "../../chat/chat-store.ts";
import type { PendingChatMessage } from "../../chat/pending-storage.ts";
import { formatBytes } from "../../format/bytes.ts";
import { errorText, moreStrings } from "../../i18n/index.ts";
import { Icon } from "../common/icons.tsx";

type SendErrorProps = { pending: PendingChatMessage; store: ChatStore };

/** For a message that the service refused, or that waits in a room which the user cannot join. */
export function SendError({ pending: { id, content, error, reply }, store }: SendErrorProps) {
  const { notSent, retry, edit, discard, sentOnceJoined, messageTooBig } = moreStrings.value;
  const size = typeof content === "string" ? new TextEncoder().encode(content).length : content.length;
  const reason =
    error?.code === "too_big"
      ? messageTooBig(formatBytes(size), formatBytes(store.maxMessageBytes.value))
      : errorText(error?.code, error?.message ?? sentOnceJoined);
  const onDiscard = () => {
    store.pending.discard(id);
    // The focused button goes away with its row.
    document.getElementById("text")?.focus();
  };
  const onEdit = (text: string) => {
    store.draft.prepend(text);
    store.mode.setReply(reply);
    onDiscard();
  };
  return (
    <div class="send-error">
      <Icon name="alert" />
      <span role={error === undefined ? undefined : "alert"}>{notSent(reason)}</span>
      <div class="actions">
        {error !== undefined && (
          <button type="button" class="link-button" onClick={() => store.pending.retry(id)}>
            {retry}
          </button>
        )}
        {typeof content === "string" && (
          <button type="button" class="link-button" onClick={() => onEdit(content)}>
            {edit}
          </button>
        )}
        <button type="button" class="link-button" onClick={onDiscard}>
          {discard}
        </button>
      </div>
    </div>
  );
}
