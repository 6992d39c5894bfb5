import { effect, signal } from "@preact/signals";
import { keep, load } from "./kept.ts";

/** What a person has chosen, kept by the browser, followed by all tabs. */

export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

const NAME_KEY = "dormouse.name";
const THEME_KEY = "dormouse.theme";

export const myName = signal(load(NAME_KEY) ?? "");
export const theme = signal<Theme>(themeOf(load(THEME_KEY)));

function themeOf(kept: string | null | undefined): Theme {
  return THEMES.find((one) => one === kept) ?? "system";
}

export function followSettings(): void {
  effect(() => {
    keep(NAME_KEY, myName.value);
  });
  effect(() => {
    keep(THEME_KEY, theme.value === "system" ? "" : theme.value);
    document.documentElement.dataset.theme = theme.value;
  });
  addEventListener("storage", ({ key, newValue }) => {
    if (key === NAME_KEY && newValue !== null) myName.value = newValue;
    if (key === THEME_KEY) theme.value = themeOf(newValue);
  });
}
