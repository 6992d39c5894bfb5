import { useState } from "preact/hooks";
import { ErrorLine } from "../../components/error-line.tsx";
import { texts } from "../../i18n/index.ts";
import { hasCapability } from "../../session.ts";
import { DeleteDialog } from "./delete-dialog.tsx";
import { MessageTable } from "./message-table.tsx";
import { PublishForm } from "./publish-form.tsx";
import type { RoomState } from "./room-state.ts";
import type { Row } from "./row.ts";
import { TailControl } from "./tail-control.tsx";

/** The messages of a room, the newest first: live, or a page of the history at a time. */
export function MessagePanel({ state }: { state: RoomState }) {
  const [chosen, setChosen] = useState<Row>();
  const t = texts.value.room;
  const { messages } = state;
  if (!hasCapability("read")) {
    return (
      <section class="panel" aria-labelledby="messages-title">
        <header>
          <h2 id="messages-title">{t.messages}</h2>
        </header>
        <p class="hint">{t.lacksRead}</p>
      </section>
    );
  }
  const { rows } = messages.shown.value;
  const error = state.ownError(messages.error.value);
  return (
    <section class="panel" aria-labelledby="messages-title">
      <header>
        <h2 id="messages-title">{messages.isNewest.value ? t.messages : t.olderMessages}</h2>
        <TailControl state={state} />
      </header>
      {hasCapability("publish") ? <PublishForm state={state} /> : <p class="hint">{t.lacksPublish}</p>}
      {error && <ErrorLine error={error} onRetry={() => messages.retry()} />}
      {!messages.isLoaded.value && !error && <p class="hint">{texts.value.loading}</p>}
      {messages.isLoaded.value && rows.length === 0 && <p class="empty">{t.noMessages}</p>}
      {rows.length > 0 && <MessageTable rows={rows} onDelete={setChosen} />}
      <HistoryButtons state={state} />
      {chosen && <DeleteDialog state={state} row={chosen} onClose={() => setChosen(undefined)} />}
    </section>
  );
}

function HistoryButtons({ state: { messages } }: { state: RoomState }) {
  const t = texts.value.room;
  const { hasOlder } = messages.shown.value;
  const isNewest = messages.isNewest.value;
  if (isNewest && !hasOlder) return null;
  return (
    <nav class="pager" aria-label={t.history}>
      <button type="button" aria-disabled={isNewest} onClick={() => !isNewest && void messages.newest()}>
        {t.newest}
      </button>
      <button type="button" aria-disabled={isNewest} onClick={() => !isNewest && void messages.newer()}>
        {t.newer}
      </button>
      <button type="button" aria-disabled={!hasOlder} onClick={() => void messages.older()}>
        {t.older}
      </button>
    </nav>
  );
}
