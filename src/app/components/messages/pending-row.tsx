import { contentOfBytes, type MessageContent } from "../../chat/chat-message.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import type { PendingChatMessage } from "../../chat/pending-storage.ts";
import { strings } from "../../i18n/index.ts";
import { Icon } from "../common/icons.tsx";
import { lazy } from "../common/lazy.tsx";
import { memo } from "../common/memo.tsx";
import { MessageBody, MessageHeader } from "./message-row.tsx";
import { Quote } from "./quote.tsx";

/** The upload of a smaller message ends before anyone could read a progress bar. */
const MIN_PROGRESS_BYTES = 50_000;

const SendError = lazy((more) => more.SendError);

type PendingRowProps = {
  pending: PendingChatMessage;
  store: ChatStore;
  name: string;
  startsGroup: boolean;
};

/** A message of the user that the room does not have yet. */
export const PendingRow = memo(({ pending, store, name, startsGroup }: PendingRowProps) => {
  const { content, at, error, reply, mentions = [] } = pending;
  const shown: MessageContent =
    typeof content === "string" ? { kind: "text", text: content } : contentOfBytes(content);
  const isSending = error === undefined && store.connectionState.value.status !== "closed";
  const group = startsGroup ? "group-start" : "group-item";
  return (
    <li class={`message own ${group} ${isSending ? "pending" : "failed"}`}>
      <MessageHeader from={store.selfId.value ?? ""} name={name} at={at} startsGroup={startsGroup} />
      <MessageBody content={shown} name={name} mentions={mentions} store={store}>
        {reply && <Quote reply={reply} store={store} />}
      </MessageBody>
      {isSending ? (
        <SendingStatus pending={pending} store={store} />
      ) : (
        <SendError pending={pending} store={store} />
      )}
    </li>
  );
});

type StatusProps = { pending: PendingChatMessage; store: ChatStore };

function SendingStatus({ pending: { id, content }, store }: StatusProps) {
  const { sending, sendingPercent, waitingForConnection } = strings.value;
  const isLive = store.connectionState.value.status === "live";
  const progress = store.pending.progress.value.get(id);
  const hasBar = isLive && progress !== undefined && content.length > MIN_PROGRESS_BYTES;
  const percent = Math.round((progress ?? 0) * 100);
  const label = hasBar ? sendingPercent(percent) : isLive ? sending : waitingForConnection;
  return (
    <span class="delivery-status" title={label}>
      {hasBar && <progress value={percent} max={100} aria-label={label} />}
      <Icon name="waiting" />
      <span class="visually-hidden">{label}</span>
    </span>
  );
}
