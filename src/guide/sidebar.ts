/** The language of a page. */
export type Language = "en" | "zh";

export type SidebarGroup = { title: string; language: Language; pages: readonly string[] };

/**
 * The sidebar of the guide. Each Markdown file under `docs/` is a page, and is listed here once, by its path. So are those of the root that
 * readers need. A page is titled by its first heading.
 */
export const SIDEBAR: readonly SidebarGroup[] = [
  {
    title: "Use it",
    language: "en",
    pages: [
      "docs/README.md",
      "README.md",
      "docs/CLIENT.md",
      "docs/SERVER.md",
      "docs/HTTP.md",
      "docs/PUSH.md",
      "docs/WEBHOOKS.md",
      "docs/PROTOCOL.md",
      "docs/GUARANTEES.md",
    ],
  },
  {
    title: "Guides",
    language: "en",
    pages: [
      "docs/guides/README.md",
      "docs/guides/install.md",
      "docs/guides/react.md",
      "docs/guides/checking-messages.md",
      "docs/guides/delete-and-privacy.md",
      "docs/guides/list-of-rooms.md",
      "docs/guides/where-a-room-lives.md",
      "docs/guides/backup.md",
      "docs/guides/upgrading.md",
      "CHANGELOG.md",
      "docs/guides/browsers.md",
      "docs/guides/branding.md",
      "docs/guides/many-sockets.md",
      "docs/guides/testing.md",
      "docs/guides/python.md",
      "docs/guides/when-not.md",
      "docs/TROUBLESHOOTING.md",
      "docs/GLOSSARY.md",
    ],
  },
  {
    title: "Operate it",
    language: "en",
    pages: [
      "docs/ACCESS.md",
      "docs/SIGNIN.md",
      "docs/SETTINGS.md",
      "docs/SELFHOST.md",
      "docs/OPERATIONS.md",
      "docs/ADMIN.md",
      "docs/COSTS.md",
      "docs/BENCHMARK.md",
      "docs/PAGE.md",
    ],
  },
  {
    title: "WebSocket, frame by frame",
    language: "en",
    pages: [
      "docs/websocket/README.md",
      "docs/websocket/handshake.md",
      "docs/websocket/frames.md",
      "docs/websocket/kinds.md",
      "docs/websocket/events.md",
      "docs/websocket/chat.md",
    ],
  },
  {
    title: "API reference",
    language: "en",
    pages: [
      "docs/api/README.md",
      "docs/api/dormouse-rooms.md",
      "docs/api/dormouse-rooms/core.md",
      "docs/api/dormouse-rooms/files.md",
      "docs/api/dormouse-rooms/react.md",
      "docs/api-server/README.md",
      "docs/api-server/dormouse-rooms/server.md",
      "docs/api-server/dormouse-rooms/backend.md",
    ],
  },
  { title: "Work on it", language: "en", pages: ["docs/ARCHITECTURE.md", "CONTRIBUTING.md"] },
  {
    title: "逐帧认识 WebSocket",
    language: "zh",
    pages: [
      "docs/zh/websocket/README.md",
      "docs/zh/websocket/handshake.md",
      "docs/zh/websocket/frames.md",
      "docs/zh/websocket/kinds.md",
      "docs/zh/websocket/events.md",
      "docs/zh/websocket/chat.md",
    ],
  },
];

/** All pages of the guide, in the order of the sidebar. */
export const PAGES: readonly string[] = SIDEBAR.flatMap(({ pages }) => pages);

export function languageOf(page: string): Language {
  return SIDEBAR.find(({ pages }) => pages.includes(page))?.language ?? "en";
}

/**
 * The pathname of a page on the site.
 *
 * @example pathOf("docs/websocket/README.md"); // "/guide/websocket/"
 */
export function pathOf(page: string): string {
  if (page === "README.md") return "/guide/readme";
  return `/guide/${page
    .replace(/^docs\//, "")
    .replace(/(^|\/)README\.md$/, "$1")
    .replace(/\.md$/, "")
    .toLowerCase()}`;
}
