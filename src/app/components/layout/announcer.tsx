import { useEffect } from "preact/hooks";
import { summaryOf } from "../../chat/chat-message.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { mentionsOf } from "../../chat/mentions.ts";
import { displayName } from "../../format/display-name.ts";
import { toPlainLine, truncate } from "../../format/untrusted-text.ts";
import { strings } from "../../i18n/index.ts";

const MAX_CHARS = 200;
/** Long enough for a screen reader to notice the text. Afterwards it is removed, so that browsing the page does not find it. */
const SHOWN_MS = 10_000;

/** Announces new messages, and the number of missed ones, to screen readers. Long messages are cut. */
export function Announcer({ store }: { store: ChatStore }) {
  const { announcements } = store;
  const messages = announcements.messages.value;
  const missed = announcements.missedCount.value;
  useEffect(() => {
    const timer = setTimeout(() => {
      if (messages.length > 0) announcements.messages.value = [];
      announcements.missedCount.value = 0;
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [messages, missed]);
  return (
    <div class="visually-hidden" aria-live="polite">
      {missed > 0 && <p>{strings.value.unread(missed)}</p>}
      {messages.map(({ seq, name, content, data }) => {
        const text = toPlainLine(truncate(summaryOf(content), MAX_CHARS, 5));
        const author = toPlainLine(displayName(name));
        const isForUser = mentionsOf(data).includes(store.selfId.value ?? "");
        return <p key={seq}>{`${isForUser ? strings.value.mentionsYou(author) : author}: ${text}`}</p>;
      })}
    </div>
  );
}
