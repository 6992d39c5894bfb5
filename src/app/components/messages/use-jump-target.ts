import { useLayoutEffect } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { setTabStop } from "./message-rows.ts";
import { isNearEnd } from "./use-timeline-scroll.ts";

/** Scrolls to the message that the user jumps to, and highlights it. */
export function useJumpTarget(store: ChatStore, scroller: { current: HTMLElement | null }): void {
  const target = store.jump.target.value;
  useLayoutEffect(() => {
    const row = target && scroller.current?.querySelector<HTMLElement>(`[data-seq="${target.seq}"]`);
    if (!row) return;
    scroller.current?.querySelector("[data-highlighted]")?.removeAttribute("data-highlighted");
    row.dataset.highlighted = "";
    store.isAtEnd.value = false;
    row.scrollIntoView({ block: "center" });
    // Where nothing had to scroll, no event says that the end is in view.
    if (scroller.current) store.isAtEnd.value = isNearEnd(scroller.current);
    // The user comes from a quote. From an address, the focus stays where it is.
    if (!document.activeElement?.matches(".quote")) return;
    setTabStop(row);
    row.focus({ preventScroll: true });
  }, [target]);
}
