import type { ComponentChildren } from "preact";
import type { ChatMessage, MessageContent } from "../../chat/chat-message.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { mentionsOf } from "../../chat/mentions.ts";
import { formatDateTime, formatShortTime, formatTime } from "../../format/datetime.ts";
import { displayName } from "../../format/display-name.ts";
import { toPlainLine } from "../../format/untrusted-text.ts";
import { strings } from "../../i18n/index.ts";
import { Avatar } from "../common/avatar.tsx";
import { Icon } from "../common/icons.tsx";
import { lazy } from "../common/lazy.tsx";
import { memo } from "../common/memo.tsx";
import { NameLabel } from "../common/name-label.tsx";
import { DownloadLink, FileAttachment } from "./file-attachment.tsx";
import { MessageText } from "./message-text.tsx";
import { Quote } from "./quote.tsx";
import { Reactions } from "./reactions.tsx";

const StoredFile = lazy((more) => more.StoredFile);

type MessageRowProps = {
  message: ChatMessage;
  store: ChatStore;
  isOwn: boolean;
  /** Whether the row has the mark of the user's newest message. */
  isSent: boolean;
  startsGroup: boolean;
};

/** A message of the room. */
export const MessageRow = memo(({ message, store, isOwn, isSent, startsGroup }: MessageRowProps) => {
  const { seq, at, from, name, content, isEdited, reply, data } = message;
  const mentions = mentionsOf(data);
  const isForUser = !isOwn && mentions.includes(store.selfId.value ?? "");
  return (
    <li
      class={`message ${startsGroup ? "group-start" : "group-item"} ${isOwn ? "own" : ""} ${isForUser ? "for-user" : ""}`}
      data-seq={seq}
    >
      <MessageHeader from={from} name={name} at={at} startsGroup={startsGroup} />
      <MessageBody content={content} name={name} isEdited={isEdited} mentions={mentions} store={store}>
        {isForUser && (
          <span class="visually-hidden">{strings.value.mentionsYou(toPlainLine(displayName(name)))}</span>
        )}
        {reply && content.kind !== "deleted" && <Quote reply={reply} store={store} />}
      </MessageBody>
      {isSent && (
        <span class="delivery-status" title={strings.value.sent}>
          <Icon name="sent" />
          <span class="visually-hidden">{strings.value.sent}</span>
        </span>
      )}
      <Reactions message={message} store={store} />
    </li>
  );
});

type MessageHeaderProps = { from: string; name: string; at: number; startsGroup: boolean };

/** Author and time of the first message of a group; only the time of the others. */
export function MessageHeader({ from, name, at, startsGroup }: MessageHeaderProps) {
  const time = (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)}>
      {startsGroup ? formatTime(at) : formatShortTime(at)}
    </time>
  );
  if (!startsGroup) return time;
  return (
    <>
      <Avatar memberId={from} name={name} />
      <div class="message-header">
        <NameLabel name={name} />
        {time}
      </div>
    </>
  );
}

type MessageBodyProps = {
  content: MessageContent;
  name: string;
  isEdited?: boolean;
  mentions: readonly string[];
  store: ChatStore;
  /** Elements above the content. */
  children?: ComponentChildren;
};

export function MessageBody({ content, name, isEdited, mentions, store, children }: MessageBodyProps) {
  return (
    <div class="message-body">
      {children}
      {"text" in content && content.text !== undefined && (
        <MessageText text={content.text} mentions={mentions} store={store} />
      )}
      {content.kind === "file" && <FileAttachment file={content.file} from={name} />}
      {content.kind === "stored" && <StoredFile content={content} from={name} store={store} />}
      {content.kind === "bytes" && <DownloadLink name="message.bin" bytes={content.bytes} />}
      {content.kind === "deleted" && <p class="message-note">{strings.value.deletedMessage}</p>}
      {isEdited && <small class="message-note">{strings.value.edited}</small>}
    </div>
  );
}
