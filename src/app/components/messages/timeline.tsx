import { useRef } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { continuesGroup, type MessageChunk, toChunks } from "../../chat/message-chunks.ts";
import type { PendingChatMessage } from "../../chat/pending-storage.ts";
import { strings } from "../../i18n/index.ts";
import { hasHardwareKeyboard } from "../../page-state.ts";
import { Icon } from "../common/icons.tsx";
import { lazy } from "../common/lazy.tsx";
import { ChunkList } from "./chunk-list.tsx";
import { PendingRow } from "./pending-row.tsx";
import { useJumpTarget } from "./use-jump-target.ts";
import { useMessageTools } from "./use-message-tools.ts";
import { useTimelineScroll } from "./use-timeline-scroll.ts";

const EmptyRoom = lazy((more) => more.EmptyRoom);

/** The scrollable list of messages, with the user's pending ones at its end. */
export function Timeline({ store }: { store: ChatStore }) {
  const scroller = useRef<HTMLElement>(null);
  const chunks = useRef<readonly MessageChunk[]>([]);
  const messages = store.messages.value;
  const pending = store.pending.messages.value;
  chunks.current = toChunks(messages, chunks.current);
  useTimelineScroll(store, scroller, messages, pending.at(-1)?.id);
  useJumpTarget(store, scroller);
  useMessageTools(store, scroller);
  const { connectionState, hasOlder, wasErased, selfId, isLoading } = store;
  const sentSeq = messages.findLast(
    ({ from, content }) => from === store.selfId.value && content.kind !== "deleted",
  )?.seq;
  const isEmpty = messages.length === 0 && pending.length === 0;
  const isNewRoom = connectionState.value.status === "live" && connectionState.value.welcome.seq === 0;
  const t = strings.value;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable element must be reachable by keyboard
    <section ref={scroller} class="timeline" aria-label={t.messages} tabIndex={0}>
      <div class="timeline-content">
        {!hasOlder.value && (messages.length > 0 || wasErased.value) && (
          <p class="timeline-start">{wasErased.value ? t.roomErased : t.startOfRoom}</p>
        )}
        {hasOlder.value && (
          <button type="button" class="load-older link-button" onClick={() => void store.loadOlder()}>
            {isLoading.value ? t.loadingOlder : t.loadOlder}
          </button>
        )}
        {isEmpty && isNewRoom && <EmptyRoom />}
        {chunks.current.map((chunk) => (
          <ChunkList
            key={chunk.key}
            chunk={chunk}
            store={store}
            selfId={selfId.value}
            sentSeq={chunk.messages.some(({ seq }) => seq === sentSeq) ? sentSeq : undefined}
            dividerAfter={dividerIn(chunk, store.readPosition.dividerAfter.value, hasOlder.value)}
          />
        ))}
        <ol class="pending-messages">
          {pending.map((message, i) => (
            <PendingRow
              key={message.id}
              pending={message}
              store={store}
              name={store.selfName.value}
              startsGroup={startsPendingGroup(store, message, i)}
            />
          ))}
        </ol>
      </div>
    </section>
  );
}

function startsPendingGroup(store: ChatStore, { at }: PendingChatMessage, index: number): boolean {
  const message = { from: store.selfId.value ?? "", name: store.selfName.value, at };
  return !continuesGroup(message, index > 0 ? message : store.messages.value.at(-1));
}

/**
 * The position of the divider if it is in this chunk, else undefined: moving the divider then renders only the chunks that it
 * leaves or enters. The divider is not shown while messages after it still have to be loaded.
 */
function dividerIn(
  { messages, previous }: MessageChunk,
  dividerAfter: number | undefined,
  hasOlder: boolean,
): number | undefined {
  const first = previous?.seq ?? (hasOlder ? (messages[0]?.seq ?? 0) - 1 : 0);
  const last = messages.at(-1)?.seq ?? 0;
  return dividerAfter !== undefined && dividerAfter >= first && dividerAfter < last
    ? dividerAfter
    : undefined;
}

/** Scrolls to the end, and shows how many messages are unread there. */
export function JumpToNewest({ store }: { store: ChatStore }) {
  const isAtEnd = store.isAtEnd.value && !store.hasNewer.value;
  if (isAtEnd || store.isCatchingUp.value || store.messages.value.length === 0) return null;
  const { jumpToNewest, unread } = strings.value;
  const count = store.readPosition.unreadCount.value;
  const jump = async () => {
    await store.loadLatest();
    store.isAtEnd.value = true;
    const timeline = document.querySelector<HTMLElement>(".timeline");
    if (timeline !== null) timeline.scrollTop = timeline.scrollHeight;
    // The button goes. A touch keyboard would cover the messages.
    (hasHardwareKeyboard.matches ? document.getElementById("text") : timeline)?.focus();
  };
  return (
    <button type="button" class="jump-to-newest" aria-label={jumpToNewest} onClick={() => void jump()}>
      <Icon name="down" />
      {count > 0 && <span>{unread(count)}</span>}
    </button>
  );
}
