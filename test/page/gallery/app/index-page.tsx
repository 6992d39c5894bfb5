import { LANGUAGE_NAMES, type Language } from "../../../../src/app/i18n/index.ts";
import type { Variant } from "./show.ts";
import { STORIES } from "./stories.ts";
import type { Story } from "./story.ts";

const LANGUAGE_TAGS = Object.keys(LANGUAGE_NAMES) as Language[];
const THEME_NAMES = ["light", "dark"] as const;
const VARIANTS: readonly Variant[] = LANGUAGE_TAGS.flatMap((language) =>
  THEME_NAMES.map((theme) => ({ theme, language })),
);

export function addressOf({ name }: Story, { theme, language }: Variant): string {
  return `?${new URLSearchParams({ story: name, theme, language })}`;
}

/** Every story, side by side in each theme and language. Each has a window of its own, which loads when it is scrolled to. */
export function IndexPage() {
  const components = [...new Set(STORIES.map(({ name }) => name.split("/")[0] ?? ""))];
  return (
    <main class="index">
      <nav aria-label="Components">
        {components.map((component) => (
          <a key={component} href={`#${component}`}>
            {component}
          </a>
        ))}
      </nav>
      {STORIES.map((story) => (
        <section key={story.name} id={isFirst(story) ? story.name.split("/")[0] : undefined}>
          <h2>{story.name}</h2>
          <div class="variants">
            {VARIANTS.map((variant) => (
              <iframe
                key={addressOf(story, variant)}
                title={`${story.name}, ${variant.theme}, ${variant.language}`}
                src={addressOf(story, variant)}
                width={story.size[0]}
                height={story.size[1]}
                loading="lazy"
              />
            ))}
          </div>
        </section>
      ))}
    </main>
  );
}

function isFirst(story: Story): boolean {
  const [component] = story.name.split("/");
  return STORIES.find(({ name }) => name.startsWith(`${component}/`)) === story;
}
