import type { ComponentChildren } from "preact";
import { formatDateTime } from "../../../app/format/datetime.ts";
import { ErrorLine } from "../../components/error-line.tsx";
import { formatAgo, formatDelay, formatNumber } from "../../format/numbers.ts";
import { texts } from "../../i18n/index.ts";
import type { RoomState } from "./room-state.ts";

/** Shows the figures of a room in three groups: the room's answer, its last report, and the measurements of this page. */
export function RoomFacts({ state }: { state: RoomState }) {
  const error = state.info.error.value;
  return (
    <>
      {error && <ErrorLine error={error} onRetry={() => state.refresh()} />}
      <div class="room-facts">
        <Now state={state} />
        <Report state={state} />
        <Measured state={state} />
      </div>
    </>
  );
}

function Now({ state }: { state: RoomState }) {
  const t = texts.value.room;
  const info = state.info.value.value;
  const present = state.tail.present.value;
  const last = state.messages.isNewest.value ? state.messages.shown.value.rows.at(-1)?.version : undefined;
  if (info === undefined) return null;
  return (
    <Facts title={t.now} hint={t.nowHint}>
      <Fact name={t.members} value={formatNumber(present?.count ?? info.count)} />
      <Fact name={t.seq} value={formatNumber(Math.max(info.seq, last ?? 0))} />
      <Fact name={t.floor} value={formatNumber(info.floor)} />
    </Facts>
  );
}

function Report({ state }: { state: RoomState }) {
  const t = texts.value.room;
  const { value, error, loadedAt } = state.report;
  if (error.value !== undefined || value.value === undefined) return null;
  const { room } = value.value;
  if (room === undefined) {
    return (
      <section class="facts">
        <h2 title={t.reportHint}>{t.report}</h2>
        <p class="hint">{t.notListed}</p>
      </section>
    );
  }
  return (
    <Facts title={t.report} hint={t.reportHint}>
      <Fact name={t.sockets} value={formatNumber(room.sockets)} />
      <Fact name={t.rate} value={formatNumber(room.rate)} />
      <Fact
        name={t.activeAt}
        value={formatAgo(room.activeAt, loadedAt.value)}
        title={formatDateTime(room.activeAt)}
      />
    </Facts>
  );
}

/** No call tells how far a room is behind, so the page shows what it can measure itself. */
function Measured({ state }: { state: RoomState }) {
  const t = texts.value.room;
  const figures = state.tail.figures.value;
  if (figures === undefined) return null;
  const { received, lastMinute, delay, slowest } = figures;
  return (
    <Facts title={t.measured} hint={t.measuredHint}>
      <Fact name={t.received} value={formatNumber(received)} />
      <Fact name={t.lastMinute} value={formatNumber(lastMinute)} />
      <Fact name={t.delay} value={delay === undefined ? "–" : formatDelay(delay)} title={t.delayHint} />
      <Fact name={t.slowest} value={slowest === undefined ? "–" : formatDelay(slowest)} title={t.delayHint} />
    </Facts>
  );
}

function Facts({ title, hint, children }: { title: string; hint: string; children: ComponentChildren }) {
  return (
    <section class="facts">
      <h2 title={hint}>{title}</h2>
      <dl>{children}</dl>
    </section>
  );
}

function Fact({ name, value, title }: { name: string; value: string; title?: string }) {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
