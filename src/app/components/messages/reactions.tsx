import type { ChatMessage } from "../../chat/chat-message.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { displayName } from "../../format/display-name.ts";
import { toIsolatedLine, toPlainLine } from "../../format/untrusted-text.ts";
import { strings } from "../../i18n/index.ts";
import { withMore } from "../../load-more.ts";

/** The reactions to a message. Each is a button that adds the user's own, or takes it back. */
export function Reactions({ message, store }: { message: ChatMessage; store: ChatStore }) {
  // By key, so that a change moves no button away from the pointer.
  const reactions = Object.entries(message.reactions ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  if (reactions.length === 0) return null;
  return (
    <div class="reactions">
      {reactions.map(([key, { count, members, mine }]) => (
        <button
          key={key}
          type="button"
          aria-pressed={mine === true}
          disabled={!store.canPublish.value}
          title={namesOf(members, count, store)}
          onClick={() => withMore((more) => void more.toggleReaction(store, message, key))}
        >
          <bdi>{toPlainLine(key) || "?"}</bdi> <span>{count}</span>
        </button>
      ))}
    </div>
  );
}

/** Lists the members who reacted. It names members who are here or whose messages are loaded, and counts the others. */
function namesOf(members: readonly string[], count: number, store: ChatStore): string {
  const nameOf = (id: string) =>
    id === store.selfId.value
      ? store.selfName.value
      : (
          store.members.peek().find(({ member }) => member === id) ??
          store.messages.peek().findLast(({ from }) => from === id)
        )?.name;
  const names = members.map(nameOf).filter((name) => name !== undefined);
  return strings.value.reacted(
    names.map((name) => toIsolatedLine(displayName(name))),
    count - names.length,
  );
}
