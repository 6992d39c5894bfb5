import type { ChatStore } from "../../chat/chat-store.ts";
import { displayName } from "../../format/display-name.ts";
import { toIsolatedLine } from "../../format/untrusted-text.ts";
import { strings } from "../../i18n/index.ts";

/** The line that names who is typing. It takes its space even when it is empty, so that nothing moves. */
export function TypingLine({ store }: { store: ChatStore }) {
  const t = strings.value;
  const typing = store.typing.typingMembers.value;
  // Without a member list there are no names.
  const names = store.hasMemberList.value
    ? store.members.value
        .filter(({ member }) => typing.includes(member))
        .map(({ name }) => toIsolatedLine(displayName(name)))
    : typing.map(() => t.someone);
  return <p class="typing-line">{names.length > 0 && t.typing(names)}</p>;
}
