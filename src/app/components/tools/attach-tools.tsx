import { signal } from "@preact/signals";
import { render } from "preact";
import type { ChatStore } from "../../chat/chat-store.ts";
import { rowOf, setTabStop } from "../messages/message-rows.ts";
import { watchLongPress } from "./long-press.ts";
import { MessageTools } from "./message-tools.tsx";

/**
 * Shows the tools of one message at a time, in its row, so that they follow it in the tab order. There is one set of tools for all rows: a
 * set in each would cost thousands of elements.
 * @param first the event that loaded this code
 * @param isHeld whether that event is a press which still lasts
 * @returns a function that removes the tools
 */
export function attachTools(
  timeline: HTMLElement,
  store: ChatStore,
  first: Event,
  isHeld: boolean,
): () => void {
  const host = document.createElement("div");
  host.className = "message-tools";
  const shownSeq = signal<number | undefined>(undefined);
  render(<MessageTools store={store} seq={shownSeq} />, host);

  const isOpen = () => host.querySelector(":popover-open, dialog[open]") !== null;
  const show = (row: HTMLElement | null) => {
    if (isOpen() || row === host.parentElement) return;
    if (row === null) host.remove();
    else row.append(host);
    shownSeq.value = row === null ? undefined : Number(row.dataset.seq);
  };
  const openMenu = (row: HTMLElement) => {
    getSelection()?.removeAllRanges();
    show(row);
    // The popover can open after the tools of this message are rendered.
    requestAnimationFrame(() => host.querySelector<HTMLElement>("[popover]")?.showPopover());
  };

  const events = new AbortController();
  const listen = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
  ) => timeline.addEventListener(type, listener, { signal: events.signal });

  const onPointerOver = (event: PointerEvent) => {
    // The row of a focused tool keeps the tools, and the focus.
    if (event.pointerType === "touch" || host.contains(document.activeElement)) return;
    const row = rowOf(event.target);
    if (row !== null) show(row);
  };
  const onFocusIn = (event: Event) => {
    const row = rowOf(event.target);
    if (row === null) return;
    setTabStop(row);
    show(row);
  };
  listen("pointerover", onPointerOver);
  listen("focusin", onFocusIn);
  listen("pointerleave", ({ pointerType }) => {
    // A finger leaves when it is lifted, which is when a menu opens.
    if (pointerType !== "touch") show(rowOf(document.activeElement));
  });
  listen("focusout", ({ relatedTarget }) => {
    if (rowOf(relatedTarget as Node | null) === null)
      show(timeline.querySelector(".message[data-seq]:hover"));
  });
  listen("click", (event) => {
    if ((event as PointerEvent).pointerType === "touch") show(rowOf(event.target));
  });
  listen("keydown", (event) => onKeyDown(event, host));
  const startPress = watchLongPress(listen, show, openMenu);

  if (isHeld) startPress(first as PointerEvent);
  else if (first.type === "focusin") onFocusIn(first);
  else show(rowOf(first.target));
  return () => {
    events.abort();
    render(null, host);
    host.remove();
  };
}

/** The arrow keys move between messages, and between the tools of one. Escape leads back, to the message and to the message box. */
function onKeyDown(event: KeyboardEvent, host: HTMLElement): void {
  const { target, key } = event;
  if (!(target instanceof HTMLElement) || target.closest("[popover], dialog") !== null) return;
  const row = rowOf(target);
  if (row === null) return;
  const isTool = host.contains(target);
  const steps: Record<string, number> = isTool
    ? { ArrowLeft: -1, ArrowRight: 1 }
    : { ArrowUp: -1, ArrowDown: 1 };
  const step = steps[key];
  if (key === "Escape") {
    (isTool ? row : document.getElementById("text"))?.focus();
  } else if (step !== undefined && (isTool || target === row)) {
    event.preventDefault();
    const all = isTool
      ? [...host.querySelectorAll<HTMLElement>("[role=toolbar] > button")].filter((tool) =>
          tool.checkVisibility(),
        )
      : [...document.querySelectorAll<HTMLElement>(".message[data-seq]")];
    const next = all[all.indexOf(target) + step];
    if (!isTool) setTabStop(next);
    next?.focus();
  }
}
