import "./environment.ts";
import { effect } from "@preact/signals";
import { render } from "preact";
import {
  LANGUAGE_NAMES,
  type Language,
  loadLanguage,
  watchLanguage,
} from "../../../../src/app/i18n/index.ts";
import { theme as shownTheme, THEMES } from "../../../../src/app/preferences.ts";
import { IndexPage } from "./index-page.tsx";
import { show, type Variant } from "./show.ts";
import { STORIES } from "./stories.ts";

const root = document.querySelector<HTMLElement>("#app");
if (root === null) throw new Error("The page has no #app element.");

/** The functions that the picture test calls. */
const gallery = {
  stories: STORIES.map(({ name, size }) => ({ name, size })),
  async show(name: string, variant: Variant): Promise<void> {
    const story = STORIES.find((story) => story.name === name);
    if (story === undefined) throw new Error(`There is no story ${name}.`);
    await show(root, story, variant);
  },
};
Object.assign(globalThis, { gallery });

const parameters = new URLSearchParams(location.search);
if (parameters.has("font")) document.documentElement.dataset.font = parameters.get("font") ?? "";
// Not `watchPreferences`: the windows of the index share their storage, and each has its own theme.
effect(() => {
  document.documentElement.dataset.theme = shownTheme.value;
});
watchLanguage();
const story = parameters.get("story");
if (story !== null) {
  const theme = THEMES.find((name) => name === parameters.get("theme")) ?? "light";
  const tag = parameters.get("language") ?? "en";
  await gallery.show(story, {
    theme,
    language: (Object.hasOwn(LANGUAGE_NAMES, tag) ? tag : "en") as Language,
  });
} else if (!parameters.has("font")) {
  await loadLanguage("en");
  render(<IndexPage />, root);
}
