import { escapeHtml } from "./escape.ts";
import { type Language, languageOf, pathOf, SIDEBAR } from "./sidebar.ts";

const TEXTS = {
  en: {
    htmlLang: "en",
    guide: "Dormouse guide",
    chat: "Chat page",
    menu: "Pages",
    contents: "On this page",
    next: "Next",
    previous: "Previous",
    skip: "Skip to the text",
  },
  zh: {
    htmlLang: "zh-CN",
    guide: "Dormouse 指南",
    chat: "聊天页面",
    menu: "目录",
    contents: "本页内容",
    next: "下一页",
    previous: "上一页",
    skip: "跳到正文",
  },
} as const;

export type PageParts = {
  page: string;
  title: string;
  html: string;
  contents: readonly { id: string; heading: string }[];
};

/** A whole page. Its script adds the search, so that the page is complete without one. */
export function pageHtml(
  { page, title, html, contents }: PageParts,
  titles: ReadonlyMap<string, string>,
): string {
  const language = languageOf(page);
  const t = TEXTS[language];
  const link = (target: string) => {
    const current = target === page ? ' aria-current="page"' : "";
    return `<a href="${pathOf(target)}"${current}>${escapeHtml(titles.get(target) ?? target)}</a>`;
  };
  // The groups in the reader's language are first.
  const own = SIDEBAR.filter((group) => group.language === language);
  const groups = [...own, ...SIDEBAR.filter((group) => group.language !== language)]
    .map(
      ({ title, language, pages }) =>
        `<section lang="${TEXTS[language].htmlLang}"><h2>${escapeHtml(title)}</h2><ul>${pages
          .map((target) => `<li>${link(target)}</li>`)
          .join("")}</ul></section>`,
    )
    .join("\n");
  return `<!doctype html>
<html lang="${t.htmlLang}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)} · ${t.guide}</title>
    <link rel="icon" href="/icon.svg">
    <link rel="stylesheet" href="/guide/guide.css">
    <script type="module" src="/guide/guide.js"></script>
  </head>
  <body>
    <a class="skip" href="#text">${t.skip}</a>
    <header>
      <a class="home" href="/guide/"><img src="/icon.svg" alt="" width="28" height="28"> ${t.guide}</a>
      <div id="search"></div>
      <a href="/">${t.chat}</a>
      <a href="/docs">API</a>
    </header>
    <nav aria-label="${t.menu}">
      <details id="menu" open><summary>${t.menu}</summary>
${groups}
      </details>
    </nav>
    <main id="text">
${html}${neighbours(page, language, link)}
    </main>
    ${contents.length > 1 ? contentsHtml(contents, t.contents) : ""}
  </body>
</html>
`;
}

/** Links to the pages before and after, of the same group. */
function neighbours(page: string, language: Language, link: (page: string) => string): string {
  const pages = SIDEBAR.find((group) => group.pages.includes(page))?.pages ?? [];
  const at = pages.indexOf(page);
  const [previous, next] = [pages[at - 1], pages[at + 1]];
  const t = TEXTS[language];
  const parts = [
    previous === undefined ? "" : `<span>${t.previous}: ${link(previous)}</span>`,
    next === undefined ? "" : `<span>${t.next}: ${link(next)}</span>`,
  ];
  return parts.join("") === "" ? "" : `<footer>${parts.join("")}</footer>`;
}

function contentsHtml(contents: readonly { id: string; heading: string }[], label: string): string {
  const items = contents.map(({ id, heading }) => `<li><a href="#${id}">${escapeHtml(heading)}</a></li>`);
  return `<aside aria-label="${label}"><p>${label}</p><ul>${items.join("")}</ul></aside>`;
}
