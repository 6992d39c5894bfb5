import { formatNumber } from "../../format/numbers.ts";
import { texts } from "../../i18n/index.ts";
import { PAGE_ROOMS, roomsState } from "./rooms-state.ts";

/** Names the rooms on the page, and leads to the pages beside it. It stands above and below the rooms. A button that leads nowhere keeps the focus. */
export function Pager() {
  const { rooms, hasNext } = roomsState;
  const t = texts.value.rooms;
  const index = roomsState.index.value;
  if (index === 0 && !hasNext.value) return null;
  const first = index * PAGE_ROOMS + 1;
  const move = (go: () => void) => () => {
    go();
    document.querySelector(".admin-body")?.scrollTo({ top: 0 });
  };
  return (
    <div class="pager">
      <p>{t.range(formatNumber(first), formatNumber(first + rooms.value.length - 1), hasNext.value)}</p>
      <button type="button" aria-disabled={index === 0} onClick={move(() => index > 0 && roomsState.first())}>
        {t.first}
      </button>
      <button type="button" aria-disabled={index === 0} onClick={move(() => roomsState.previous())}>
        {t.previous}
      </button>
      <button type="button" aria-disabled={!hasNext.value} onClick={move(() => roomsState.next())}>
        {t.next}
      </button>
    </div>
  );
}
