import { effect, signal } from "@preact/signals";
import { buildId } from "./build-id.ts";
import { loadMoreStrings, strings } from "./i18n/index.ts";
import { notice } from "./page-state.ts";
import { arrivedToken } from "./router.ts";
import { renewTokensBy } from "./sign-in/join-with-token.ts";

export type More = typeof import("./more.ts");
type MarkdownParser = typeof import("./markdown/parse-markdown.ts");

/** The module `more.ts`; undefined until it is loaded. */
export const more = signal<More>();
let loading: Promise<More> | undefined;

function load(): Promise<More> {
  loading ??= Promise.all([import("./more.ts"), loadMoreStrings(), loadMoreStyle()])
    .then(([loaded]) => {
      loaded.start();
      more.value = loaded;
      return loaded;
    })
    .catch((error) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

/** Nothing of `more` is shown before its styles are there. */
function loadMoreStyle(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = "/more.css";
    link.onload = resolve;
    link.onerror = (error) => {
      link.remove();
      reject(error);
    };
    document.head.append(link);
  });
}

/** Loads what the first view does not need. If that fails, the page says so, and the next use tries again. */
export function loadMore(): Promise<More | undefined> {
  return load().catch(() => {
    notice.value = () => strings.value.notLoaded;
    return undefined;
  });
}

/** Loads the same ahead of its first use, which may be without a network. */
export function preloadMore(use: (more: More) => void): void {
  load().then(use, () => {});
}

/** Uses what the first view does not need, once it is loaded. */
export function withMore(use: (more: More) => void): void {
  void loadMore().then((more) => more && use(more));
}

/** The modules that show Markdown and mentions. Until they are loaded, messages are plain text. */
export const formatting = signal<
  { FormattedText: More["FormattedText"]; parser: MarkdownParser } | undefined
>(undefined);
let isLoadingFormatting = false;

/** Loads what shows Markdown and mentions. If that fails, the next message that needs it tries again. */
export function loadFormatting(): void {
  if (isLoadingFormatting) return;
  isLoadingFormatting = true;
  Promise.all([load(), import("./markdown/parse-markdown.ts")]).then(
    ([{ FormattedText }, parser]) => {
      if (parser.BUILD === buildId()) formatting.value = { FormattedText, parser };
    },
    () => {
      isLoadingFormatting = false;
    },
  );
}

/** Renews tokens, and has one that came in the address accepted before the page joins a room. */
export function watchSignIn(): void {
  renewTokensBy(async (...token) => (await load()).freshToken(...token));
  effect(() => {
    const arrived = arrivedToken.value;
    if (arrived === undefined) return;
    void loadMore().then((more) => {
      const refusal = more?.acceptArrived(arrived);
      arrivedToken.value = undefined;
      if (refusal) notice.value = refusal;
    });
  });
}
