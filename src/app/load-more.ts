import { loadMoreStrings, strings } from "./i18n/index.ts";
import { notice } from "./page-state.ts";

export type More = typeof import("./more.ts");

let loading: Promise<More | undefined> | undefined;

/** Loads what the first view does not need. If that fails, the page says so, and the next use tries again. */
export function loadMore(): Promise<More | undefined> {
  loading ??= Promise.all([import("./more.ts"), loadMoreStrings()]).then(
    ([more]) => more,
    () => {
      loading = undefined;
      notice.value = () => strings.value.notLoaded;
      return undefined;
    },
  );
  return loading;
}

/** Uses what the first view does not need, once it is loaded. */
export function withMore(use: (more: More) => void): void {
  void loadMore().then((more) => more && use(more));
}
