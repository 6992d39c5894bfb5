import { useLayoutEffect, useRef } from "preact/hooks";
import type { ChatMessage } from "../../chat/chat-message.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { continuesGroup, type MessageChunk, startsDay } from "../../chat/message-chunks.ts";
import { daysBetween, formatDay, today } from "../../format/datetime.ts";
import { strings } from "../../i18n/index.ts";
import { memo } from "../common/memo.tsx";
import { MessageRow } from "./message-row.tsx";

/** Follows heights that change later: a text is expanded, the window is resized. */
const heightObserver = new ResizeObserver((entries) => {
  for (const { target, borderBoxSize } of entries) {
    const height = borderBoxSize[0]?.blockSize;
    if (target instanceof HTMLElement && height) setIntrinsicHeight(target, height);
  }
});

/** (With the keyword `auto`, a browser remembers the last rendered height, which may be that of half a chunk.) */
function setIntrinsicHeight(list: HTMLElement, height: number): void {
  list.style.setProperty("contain-intrinsic-block-size", `${height}px`);
}

type ChunkListProps = {
  chunk: MessageChunk;
  store: ChatStore;
  selfId: string | undefined;
  /** The user's newest message, if it is in this chunk. Only that one has the mark that says so. */
  sentSeq: number | undefined;
  dividerAfter: number | undefined;
};

/** The messages of a chunk. With its height measured, the browser can skip it off screen and still reserve its exact space. */
export const ChunkList = memo(({ chunk, store, selfId, sentSeq, dividerAfter }: ChunkListProps) => {
  const ref = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => {
    const list = ref.current;
    if (list === null) return;
    list.classList.remove("measured");
    setIntrinsicHeight(list, list.getBoundingClientRect().height);
    list.classList.add("measured");
    heightObserver.observe(list);
    return () => heightObserver.unobserve(list);
  });
  return (
    <ol ref={ref} class="chunk">
      {chunk.messages.map((message, i) => (
        <MessageItem
          key={message.seq}
          message={message}
          store={store}
          previous={i === 0 ? chunk.previous : chunk.messages[i - 1]}
          selfId={selfId}
          isSent={message.seq === sentSeq}
          dividerAfter={dividerAfter}
        />
      ))}
    </ol>
  );
});

type MessageItemProps = {
  message: ChatMessage;
  store: ChatStore;
  previous: ChatMessage | undefined;
  selfId: string | undefined;
  isSent: boolean;
  dividerAfter: number | undefined;
};

/** A message with the lines above it: the day, the divider before unread messages. */
function MessageItem({ message, store, previous, selfId, isSent, dividerAfter }: MessageItemProps) {
  const t = strings.value;
  const isFirstUnread =
    dividerAfter !== undefined && message.seq > dividerAfter && (previous?.seq ?? 0) <= dividerAfter;
  return (
    <>
      {startsDay(message, previous) && <DayLine at={message.at} />}
      {isFirstUnread && (
        <li class="unread-divider">
          <span>{t.newMessages}</span>
        </li>
      )}
      <MessageRow
        message={message}
        store={store}
        isOwn={message.from === selfId}
        isSent={isSent}
        startsGroup={isFirstUnread || !continuesGroup(message, previous)}
      />
    </>
  );
}

function DayLine({ at }: { at: number }) {
  const now = today.value;
  const daysAgo = daysBetween(at, now);
  const t = strings.value;
  return (
    <li class="day">
      <span>{daysAgo === 0 ? t.today : daysAgo === 1 ? t.yesterday : formatDay(at, now)}</span>
    </li>
  );
}
