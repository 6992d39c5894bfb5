import { useState } from "preact/hooks";
import type { RoomError } from "../../../client/core.ts";
import type { ChatStore } from "../../chat/chat-store.ts";
import { daysBetween, formatDay, today } from "../../format/datetime.ts";
import { errorText, moreStrings } from "../../i18n/index.ts";
import { clearNotice, isNarrow, notice, openPanel } from "../../page-state.ts";
import { firstSince } from "../../search/first-since.ts";
import { PacedHistory } from "../../search/paced-history.ts";

/** A field for a day. It jumps to the first message at or after the start of that day. */
export function DateJump({ store }: { store: ChatStore }) {
  const [isBusy, setBusy] = useState(false);
  const t = moreStrings.value;
  return (
    <form
      class="date-jump"
      onSubmit={(event) => {
        event.preventDefault();
        const day = startOfDay(new FormData(event.currentTarget).get("day"));
        if (isBusy || day === undefined) return;
        setBusy(true);
        void jumpToDay(store, day).finally(() => setBusy(false));
      }}
    >
      <label for="day">{t.jumpToDate}</label>
      <input id="day" name="day" type="date" required />
      <button type="submit">{t.jump}</button>
      <span class="visually-hidden" role="status">
        {isBusy && t.dateSearching}
      </span>
    </form>
  );
}

/** The start of a day in the user's time zone. @param value as a date field has it, such as `2026-03-01` */
function startOfDay(value: unknown): number | undefined {
  const [, year, month, day] = /^(\d+)-(\d+)-(\d+)$/.exec(String(value))?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  // The constructor takes years up to 99 for those of the last century.
  return new Date(2000, month - 1, day).setFullYear(year, month - 1, day);
}

async function jumpToDay(store: ChatStore, day: number): Promise<void> {
  clearNotice(store);
  try {
    const history = new PacedHistory(store, (wait) => {
      notice.value = wait && (() => moreStrings.value.searchWaits[wait]);
    });
    const found = await firstSince(day, (query) => history.read(query));
    if (isNarrow.value) openPanel.value = undefined;
    if (found === undefined) {
      await store.loadLatest();
      // From then on the timeline stays at its end, also where a notice takes some of its height.
      store.isAtEnd.value = true;
      const timeline = document.querySelector(".timeline");
      if (timeline !== null) timeline.scrollTop = timeline.scrollHeight;
      notice.value = () => moreStrings.value.dateEnd;
      return;
    }
    await store.jump.to(found.seq);
    if (daysBetween(day, found.at) > 0) notice.value = () => sentenceOf(found);
  } catch (error) {
    const { code, message } = error as RoomError;
    notice.value = () => errorText(code, message);
  }
}

function sentenceOf({ at, isFirst }: { at: number; isFirst: boolean }): string {
  const { dateStart, dateNext } = moreStrings.value;
  return (isFirst ? dateStart : dateNext)(formatDay(at, today.value));
}
