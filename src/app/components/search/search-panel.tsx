import { useState } from "preact/hooks";
import type { ChatStore } from "../../chat/chat-store.ts";
import { errorText, locale, type MoreStrings, moreStrings } from "../../i18n/index.ts";
import { hasHardwareKeyboard } from "../../page-state.ts";
import { type MessageSearch, searchOf } from "../../search/message-search.ts";
import { IconButton } from "../common/icon-button.tsx";
import { DateJump } from "./date-jump.tsx";
import { SEARCH_KEYS } from "./search-key.ts";
import { SearchResults } from "./search-results.tsx";

/** The field that searches the room, what it found, and the field that jumps to a date. */
export function SearchPanel({ store }: { store: ChatStore }) {
  const search = searchOf(store);
  const [input, setInput] = useState(search.input.peek());
  const t = moreStrings.value;
  const status = search.status.value;
  const { searched, total } = search.progress.value;
  const { format } = new Intl.NumberFormat(locale.value);
  const start = () => search.start(input);
  return (
    <>
      <search>
        <form
          class="search-form"
          onSubmit={(event) => {
            event.preventDefault();
            start();
          }}
        >
          <input
            type="search"
            aria-label={t.searchRoom}
            placeholder={t.searchPlaceholder}
            maxLength={300}
            autocomplete="off"
            spellcheck={false}
            dir="auto"
            value={input}
            onInput={({ currentTarget }) => setInput(currentTarget.value)}
          />
          <IconButton icon="search" label={t.searchRoom} onClick={start} />
        </form>
      </search>
      <DateJump store={store} />
      {status === "idle" ? (
        <p class="hint">
          {t.searchHint} {hasHardwareKeyboard.matches && t.searchKey(SEARCH_KEYS)}
        </p>
      ) : (
        <p class="search-status">
          <span role="status">{statusText(search, t)}</span>
          {/* Outside of role="status": a screen reader would read every step. */}
          {status === "searching" && total > 0 && <span> {t.searched(format(searched), format(total))}</span>}
        </p>
      )}
      <SearchResults search={search} store={store} />
      {status === "searching" && (
        <button type="button" class="search-more" onClick={() => search.stop()}>
          {t.searchStop}
        </button>
      )}
      {(status === "paused" || status === "failed") && (
        <button type="button" class="search-more" onClick={() => search.continue()}>
          {t.searchOlder}
        </button>
      )}
    </>
  );
}

function statusText(search: MessageSearch, t: MoreStrings): string {
  const { format } = new Intl.NumberFormat(locale.value);
  const { searched, total } = search.progress.value;
  const count = search.results.value.length;
  const wait = search.wait.value;
  const error = search.error.value;
  switch (search.status.value) {
    case "searching":
      return wait === undefined ? t.searching : t.searchWaits[wait];
    case "paused":
      return t.searchPaused(t.searchResults(count, format(count)), format(searched), format(total));
    case "full":
      return t.searchFull(format(count));
    case "failed":
      return t.searchFailed(errorText(error?.code, error?.message ?? ""));
    default:
      return count === 0 ? t.searchNone : t.searchResults(count, format(count));
  }
}
