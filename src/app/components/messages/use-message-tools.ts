import { useEffect, useLayoutEffect } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { loadMore } from "../../load-more.ts";
import { rowOf, setTabStop } from "./message-rows.ts";

const FIRST_USES = ["pointerover", "pointerdown", "focusin"] as const;

/** Shows what can be done with the message under the pointer or the focus. The code loads when it is first used. */
export function useMessageTools(store: ChatStore, scroller: { current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    if (rowOf(document.activeElement) !== null) return;
    setTabStop(
      scroller.current?.querySelector(".pending-messages")?.previousElementSibling?.lastElementChild,
    );
  });
  useEffect(() => {
    const timeline = scroller.current;
    if (timeline === null) return;
    let detach = () => {};
    let isRemoved = false;
    const stop = () => {
      for (const type of FIRST_USES) timeline.removeEventListener(type, start);
    };
    const start = async (event: Event) => {
      // A finger is over a message only while it presses.
      const isTouch = event.type === "pointerover" && (event as PointerEvent).pointerType === "touch";
      if (isTouch || rowOf(event.target) === null) return;
      stop();
      let isHeld = event.type === "pointerdown";
      const release = () => {
        isHeld = false;
      };
      for (const type of ["pointerup", "pointercancel"]) addEventListener(type, release, { once: true });
      const more = await loadMore();
      if (isRemoved) return;
      if (more === undefined) listen();
      else detach = more.attachTools(timeline, store, event, isHeld);
    };
    const listen = () => {
      for (const type of FIRST_USES) timeline.addEventListener(type, start, { passive: true });
    };
    listen();
    return () => {
      isRemoved = true;
      stop();
      detach();
    };
  }, []);
}
