import { useEffect, useMemo, useState } from "preact/hooks";
import { ViewTitle } from "../../components/view-title.tsx";
import { texts } from "../../i18n/index.ts";
import { hashOf } from "../../route.ts";
import { EraseDialog } from "./erase-dialog.tsx";
import { ExportButton } from "./export-button.tsx";
import { MemberPanel } from "./member-panel.tsx";
import { MessagePanel } from "./message-panel.tsx";
import { RoomFacts } from "./room-facts.tsx";
import { RoomState } from "./room-state.ts";

/** One room. What it reads and follows ends with the view. */
export function RoomView({ room }: { room: string }) {
  const state = useMemo(() => new RoomState(room), [room]);
  const [isErasing, setErasing] = useState(false);
  useEffect(() => {
    state.refresh();
    return () => state.stop();
  }, [state]);
  const t = texts.value.room;
  return (
    <>
      <ViewTitle title={room}>
        <div class="room-tools">
          <button type="button" onClick={() => state.refresh()}>
            {texts.value.refresh}
          </button>
          <a href={hashOf({ view: "webhook", room })}>{texts.value.viewNames.webhook}</a>
          <ExportButton room={room} />
          <button type="button" class="danger" onClick={() => setErasing(true)}>
            {t.erase}
          </button>
        </div>
      </ViewTitle>
      <RoomFacts state={state} />
      <div class="room-panels">
        <MessagePanel state={state} />
        <MemberPanel state={state} />
      </div>
      {isErasing && <EraseDialog state={state} onClose={() => setErasing(false)} />}
    </>
  );
}
