import { openPanel } from "../../page-state.ts";

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

/** The keys that open the search. (A single key would be in the way of people who control the page by voice.) */
export const SEARCH_KEYS = isApple ? "⌘⇧F" : "Ctrl+Shift+F";

/** Opens the search on its keys, or returns the focus to it. A browser keeps its own search, without Shift. */
export function watchSearchKey(): void {
  addEventListener("keydown", (event) => {
    const hasKeys = (event.ctrlKey || event.metaKey) && event.shiftKey && event.code === "KeyF";
    if (!hasKeys || event.altKey || document.querySelector("dialog[open]") !== null) return;
    // Before the user has a name there is no room.
    if (document.querySelector(".conversation") === null) return;
    event.preventDefault();
    openPanel.value = "search";
    document.querySelector<HTMLElement>(".search-form input")?.focus();
  });
}
