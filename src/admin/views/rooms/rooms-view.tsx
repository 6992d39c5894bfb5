import { useEffect } from "preact/hooks";
import { ErrorLine } from "../../components/error-line.tsx";
import { ViewTitle } from "../../components/view-title.tsx";
import { formatClock } from "../../format/numbers.ts";
import { texts } from "../../i18n/index.ts";
import { Pager } from "./pager.tsx";
import { RoomFilter } from "./room-filter.tsx";
import { RoomTable } from "./room-table.tsx";
import { roomsState } from "./rooms-state.ts";

/** The active rooms, a page at a time, as they reported themselves. */
export function RoomsView() {
  useEffect(() => roomsState.watch(), []);
  const t = texts.value.rooms;
  const { loader, rooms, prefix } = roomsState;
  const error = loader.error.value;
  const isLoaded = loader.value.value !== undefined;
  return (
    <>
      <ViewTitle title={texts.value.viewNames.rooms}>
        <RoomFilter />
        <Refresh />
      </ViewTitle>
      {error && <ErrorLine error={error} onRetry={() => void loader.load()} />}
      {!isLoaded && !error && <p class="hint">{texts.value.loading}</p>}
      {isLoaded && rooms.value.length === 0 && (
        <p class="empty">{prefix.value === "" ? t.none : t.noneWithPrefix}</p>
      )}
      {isLoaded && <Pager />}
      {rooms.value.length > 0 && <RoomTable rooms={rooms.value} now={loader.loadedAt.value} />}
      {isLoaded && <Pager />}
      {isLoaded && <p class="hint">{t.about}</p>}
    </>
  );
}

function Refresh() {
  const { loader } = roomsState;
  const at = loader.loadedAt.value;
  return (
    <div class="refresh">
      {at > 0 && (
        <p class="hint" title={texts.value.rooms.refreshHint}>
          {texts.value.updated(formatClock(at))}
        </p>
      )}
      <button type="button" onClick={() => void loader.load()}>
        {texts.value.refresh}
      </button>
    </div>
  );
}
