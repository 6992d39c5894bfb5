import type { ChatStore } from "../../../../../src/app/chat/chat-store.ts";
import { SidePanel } from "../../../../../src/app/components/layout/side-panel.tsx";
import {
  type MessageSearch,
  type SearchResult,
  searchOf,
} from "../../../../../src/app/search/message-search.ts";
import { RoomError } from "../../../../../src/client/core.ts";
import { NOW } from "../environment.ts";
import { ADA, LEILA, MIRA, SIYUAN, storeWith } from "../fixtures.ts";
import { element, type Story } from "../story.ts";

const PANEL = 400;
const DAY = 86_400_000;

const result = (
  { member, name }: typeof ADA,
  seq: number,
  [before, match, after]: [string, string, string],
): SearchResult => ({
  seq,
  at: NOW - (9 - seq) * DAY,
  from: member,
  name,
  excerpt: [
    { text: before, isMatch: false },
    { text: match, isMatch: true },
    { text: after, isMatch: false },
  ],
});

const RESULTS: readonly SearchResult[] = [
  result(ADA, 9, ["See you at the ", "harbour", " at 15:00!"]),
  result(SIYUAN, 8, ["早上好！", "harbour", " 的日志我看过了，没有缺口。"]),
  result(LEILA, 7, ["", "harbour", `-plan-${"long-".repeat(20)}.pdf`]),
  result(MIRA, 1, [`… ${"which slept through the night ".repeat(3)}`, "Harbour", " again …"]),
];

const STATES: Record<string, (search: MessageSearch) => void> = {
  idle: () => {},
  searching: (search) => {
    search.status.value = "searching";
    search.results.value = RESULTS.slice(0, 2);
    search.progress.value = { searched: 1250, total: 10_000 };
  },
  waiting: (search) => {
    search.status.value = "searching";
    search.wait.value = "busy";
    search.progress.value = { searched: 1250, total: 10_000 };
  },
  results: (search) => {
    search.status.value = "paused";
    search.results.value = RESULTS;
    search.progress.value = { searched: 2500, total: 10_000 };
  },
  none: (search) => {
    search.status.value = "done";
  },
  failed: (search) => {
    search.status.value = "failed";
    search.error.value = new RoomError("offline", "");
  },
};

function panel(change: (search: MessageSearch) => void) {
  const store: ChatStore = storeWith();
  const search = searchOf(store);
  search.input.value = "harbour";
  change(search);
  return <SidePanel panel="search" store={store} />;
}

export const SEARCH_STORIES: readonly Story[] = Object.entries(STATES).map(([state, change]) => ({
  name: `panels/search-${state}`,
  size: [PANEL, state === "results" ? 620 : 420],
  view: () => panel(change),
  ...(state === "results" && { act: () => element(".search-results button").click() }),
}));
