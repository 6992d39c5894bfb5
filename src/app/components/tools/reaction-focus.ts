import { rowOf, setTabStop } from "../messages/message-rows.ts";

/**
 * The last reaction takes its button with it. If that had the focus, the message gets it.
 * @returns a function that handles a new focus in the messages
 */
export function keepReactionFocus(): (focused: EventTarget | null) => void {
  let button: Element | undefined;
  let row: HTMLElement | null = null;
  const observer = new MutationObserver(() => {
    if (button?.isConnected || document.activeElement !== document.body) return;
    observer.disconnect();
    setTabStop(row);
    row?.focus({ preventScroll: true });
  });
  return (focused) => {
    observer.disconnect();
    if (!(focused instanceof Element) || focused.closest(".reactions") === null) return;
    button = focused;
    row = rowOf(focused);
    if (row !== null) observer.observe(row, { childList: true, subtree: true });
  };
}
