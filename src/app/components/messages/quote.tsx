import { useComputed } from "@preact/signals";
import { summaryOf } from "../../chat/chat-message.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { type Reply, toReply } from "../../chat/reply.ts";
import { strings } from "../../i18n/index.ts";
import { NameLabel } from "../common/name-label.tsx";

/** The message that another one answers. It is quoted as it is now, if it is loaded, since the answer may say anything. */
export function Quote({ reply, store }: { reply: Reply; store: ChatStore }) {
  const source = useComputed(() => store.jump.find(reply.seq));
  const { replySource, deletedMessage } = strings.value;
  const { name, content } = source.value ?? {};
  const isDeleted = content?.kind === "deleted";
  const shown = content ? toReply(reply.seq, name ?? "", summaryOf(content)) : reply;
  return (
    <button type="button" class="quote" title={replySource} onClick={() => void store.jump.to(reply.seq)}>
      <NameLabel name={shown.name} />
      <bdi class="quote-text">{isDeleted ? deletedMessage : shown.text}</bdi>
    </button>
  );
}
