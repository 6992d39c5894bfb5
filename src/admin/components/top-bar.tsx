import { texts } from "../i18n/index.ts";
import { hashOf, type Route, route } from "../route.ts";
import { signOut } from "../session.ts";

const VIEWS: readonly [keyof typeof texts.value.viewNames, Route][] = [
  ["rooms", { view: "rooms" }],
  ["settings", { view: "settings" }],
  ["webhook", { view: "webhook", room: undefined }],
  ["token", { view: "token" }],
];

/** The views of the page. One room belongs to the list of rooms. */
export function TopBar() {
  const t = texts.value;
  const { view } = route.value;
  const current = view === "room" ? "rooms" : view;
  return (
    <header class="top-bar">
      <button
        type="button"
        class="skip-link"
        onClick={() => document.querySelector<HTMLElement>("#content h1")?.focus()}
      >
        {t.skipToContent}
      </button>
      <p class="brand">
        Dormouse <span>{t.admin}</span>
      </p>
      <nav aria-label={t.views}>
        <ul>
          {VIEWS.map(([name, to]) => (
            <li key={name}>
              <a href={hashOf(to)} aria-current={name === current ? "page" : undefined}>
                {t.viewNames[name]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <button type="button" class="quiet" onClick={() => signOut()}>
        {t.signOut}
      </button>
    </header>
  );
}
