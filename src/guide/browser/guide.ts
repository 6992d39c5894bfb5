import type { SearchEntry } from "../search-entry.ts";
import { type Found, makeSearch } from "./search-index.ts";

const isChinese = document.documentElement.lang.startsWith("zh");
const TEXTS = isChinese
  ? { search: "搜索", none: "没有找到。", failed: "搜索无法加载，请重新加载页面。" }
  : { search: "Search", none: "Nothing found.", failed: "The search did not load. Reload the page." };

const field = document.createElement("input");
field.type = "search";
field.placeholder = `${TEXTS.search} ( / )`;
field.setAttribute("aria-label", TEXTS.search);
const results = document.createElement("ol");
results.hidden = true;
results.setAttribute("aria-live", "polite");
const place = document.getElementById("search");
place?.setAttribute("role", "search");
place?.append(field, results);

let loading: Promise<(query: string) => Found[]> | undefined;

/** Loads the sections when the search is first used. A failed load is tried again. */
function load(): Promise<(query: string) => Found[]> {
  loading ??= fetch(`/guide/search-${isChinese ? "zh" : "en"}.json`)
    .then((response) => response.json() as Promise<SearchEntry[]>)
    .then(makeSearch)
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

async function show(): Promise<void> {
  const query = field.value.trim();
  results.hidden = query === "";
  if (query === "") return;
  try {
    const found = (await load())(query);
    if (field.value.trim() !== query) return;
    results.replaceChildren(...(found.length === 0 ? [item(TEXTS.none)] : found.map(resultItem)));
  } catch {
    results.replaceChildren(item(TEXTS.failed));
  }
}

function item(...contents: (Node | string)[]): HTMLLIElement {
  const element = document.createElement("li");
  element.append(...contents);
  return element;
}

function resultItem({ url, title, heading, excerpt }: Found): HTMLLIElement {
  const link = document.createElement("a");
  link.className = "found";
  link.href = url;
  const name = document.createElement("strong");
  name.textContent = heading === "" || heading === title ? title : `${title}: ${heading}`;
  const text = document.createElement("span");
  text.textContent = excerpt;
  link.append(name, text);
  // A link to another place of the same page loads nothing, so the list closes by itself.
  link.addEventListener("click", close);
  return item(link);
}

function close(): void {
  results.hidden = true;
}

field.addEventListener("focus", () => load().catch(() => {}), { once: true });
field.addEventListener("input", show);
field.addEventListener("keydown", ({ key }) => {
  if (key === "Enter") results.querySelector("a")?.click();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  const inField = event.target instanceof HTMLElement && event.target.matches("input, textarea");
  if (event.key === "/" && !inField && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    field.focus();
  }
});
document.addEventListener("click", ({ target }) => {
  if (target instanceof Node && place?.contains(target) === false) close();
});

// On a phone the list of pages would push the text below the first screen.
const menu = document.getElementById("menu");
if (menu !== null && matchMedia("(width < 56rem)").matches) menu.removeAttribute("open");
