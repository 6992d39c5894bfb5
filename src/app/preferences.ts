import { effect, signal } from "@preact/signals";
import { load, save } from "./browser-storage.ts";

/** The user's name and theme. The browser stores them, and all tabs follow a change. */

export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

const NAME_KEY = "dormouse.name";
const THEME_KEY = "dormouse.theme";

/** The name that a guest chose; empty until then. A token brings its own name (`ChatStore.selfName`). */
export const preferredName = signal(load(NAME_KEY) ?? "");
export const theme = signal<Theme>(parseTheme(load(THEME_KEY)));

function parseTheme(stored: string | null | undefined): Theme {
  return THEMES.find((known) => known === stored) ?? "system";
}

export function watchPreferences(): void {
  effect(() => {
    save(NAME_KEY, preferredName.value);
  });
  effect(() => {
    save(THEME_KEY, theme.value === "system" ? "" : theme.value);
    document.documentElement.dataset.theme = theme.value;
  });
  addEventListener("storage", ({ key, newValue }) => {
    if (key === NAME_KEY && newValue !== null) preferredName.value = newValue;
    if (key === THEME_KEY) theme.value = parseTheme(newValue);
  });
}
