import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { ChatMessage } from "../../chat/chat-message.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { isPageFocused } from "../../chat/read-position.ts";

/** Within this distance from the end, the timeline follows new messages. */
const FOLLOW_PX = 60;
/** For how long the timeline stays at the end after the user sent a message. */
const PIN_MS = 800;
/** Older messages are loaded this far ahead of the top, so that they are there before the user is. */
const LOAD_AHEAD_PX = 800;

export function isNearEnd({ scrollHeight, scrollTop, clientHeight }: Element): boolean {
  return scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
}

/** An edge of an element, by its place before a change. */
type Anchor = { element: Element; edge: "top" | "bottom"; y: number };

/** The bottom of the first chunk, which rows are added above, and the top of the last one. */
function anchorsIn(timeline: HTMLElement): Anchor[] {
  const chunks = timeline.querySelectorAll(".chunk");
  const anchors: Anchor[] = [];
  for (const [element, edge] of [
    [chunks[0], "bottom"],
    [chunks[chunks.length - 1], "top"],
  ] as const)
    if (element !== undefined) anchors.push({ element, edge, y: element.getBoundingClientRect()[edge] });
  return anchors;
}

/** How far the first anchor that is still there has moved. */
function shiftOf(anchors: readonly Anchor[]): number {
  const anchor = anchors.find(({ element }) => element.isConnected);
  return anchor === undefined ? 0 : anchor.element.getBoundingClientRect()[anchor.edge] - anchor.y;
}

/**
 * Controls the scroll position. At the end, the timeline follows new messages. Elsewhere, the messages in view stay in place until
 * the user sends one. After an absence, it scrolls to the first unread message once all of them are loaded.
 */
export function useTimelineScroll(
  store: ChatStore,
  scroller: { current: HTMLElement | null },
  messages: readonly ChatMessage[],
  lastPendingId: string | undefined,
): void {
  const { isAtEnd, isCatchingUp, readPosition } = store;
  const previousPendingId = useRef(lastPendingId);
  const firstSeq = useRef<number | undefined>(undefined);
  const lastScrollTop = useRef(0);
  const pinnedUntil = useRef(0);
  const wasCatchingUp = useRef(true);
  const anchors = useRef<readonly Anchor[]>([]);
  const element = scroller.current;
  // Reading the signal here renders the timeline again when catching up ends.
  const isBehind = isCatchingUp.value;
  // Messages are about to be added or dropped above. Those that stay keep their place.
  if (element !== null && firstSeq.current !== undefined && messages[0]?.seq !== firstSeq.current)
    anchors.current = anchorsIn(element);
  firstSeq.current = messages[0]?.seq;

  const markRead = () => {
    const last = store.messages.peek().at(-1);
    if (
      last !== undefined &&
      isAtEnd.value &&
      !store.hasNewer.value &&
      !isCatchingUp.value &&
      isPageFocused()
    )
      readPosition.markRead(last.seq);
  };
  const onScroll = () => {
    const node = scroller.current;
    if (node === null) return;
    const isAtLast = isNearEnd(node);
    // Smooth scrolling by keyboard continues after a jump to the end, and would lead away from it.
    if (!isAtLast && isAtEnd.value && performance.now() < pinnedUntil.current) {
      node.scrollTop = node.scrollHeight;
      return;
    }
    // Only scrolling up leaves the end; content that grows below does not.
    if (isAtLast || node.scrollTop < lastScrollTop.current) isAtEnd.value = isAtLast;
    lastScrollTop.current = node.scrollTop;
    if (node.scrollTop < LOAD_AHEAD_PX && !isCatchingUp.value) void store.loadOlder();
    else if (isAtLast) void store.loadNewer();
    markRead();
  };

  useLayoutEffect(() => {
    const node = scroller.current;
    if (node === null) return;
    if (lastPendingId !== undefined && lastPendingId !== previousPendingId.current) {
      isAtEnd.value = true;
      pinnedUntil.current = performance.now() + PIN_MS;
    }
    previousPendingId.current = lastPendingId;
    const hasCaughtUp = wasCatchingUp.current && !isBehind && isAtEnd.value;
    // If the first unread message is not loaded, "Load older messages" marks the place.
    const firstUnread =
      hasCaughtUp && readPosition.dividerAfter.value !== undefined
        ? (node.querySelector(".unread-divider") ?? node.querySelector(".load-older"))
        : null;
    wasCatchingUp.current = isBehind;
    if (firstUnread !== null) {
      isAtEnd.value = false;
      pinnedUntil.current = 0;
      const offset = firstUnread.getBoundingClientRect().top - node.getBoundingClientRect().top;
      node.scrollTop += offset - node.clientHeight / 3;
    } else if (isAtEnd.value) node.scrollTop = node.scrollHeight;
    else node.scrollTop += shiftOf(anchors.current);
    anchors.current = [];
    onScroll();
  });

  useEffect(() => {
    const node = scroller.current;
    if (node === null) return;
    node.addEventListener("scroll", onScroll, { passive: true });
    const unpin = () => {
      pinnedUntil.current = 0;
    };
    for (const type of ["wheel", "pointerdown", "keydown"])
      node.addEventListener(type, unpin, { passive: true });
    // Stays at the end when a touch keyboard opens or the message box grows.
    const observer = new ResizeObserver(() => {
      if (isAtEnd.value) node.scrollTop = node.scrollHeight;
    });
    observer.observe(node);
    if (node.firstElementChild !== null) observer.observe(node.firstElementChild);
    addEventListener("focus", markRead);
    document.addEventListener("visibilitychange", markRead);
    return () => {
      node.removeEventListener("scroll", onScroll);
      observer.disconnect();
      removeEventListener("focus", markRead);
      document.removeEventListener("visibilitychange", markRead);
    };
  }, []);
}
