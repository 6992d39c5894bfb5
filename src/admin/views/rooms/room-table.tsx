import { formatDateTime } from "../../../app/format/datetime.ts";
import { toPlainLine } from "../../../app/format/untrusted-text.ts";
import type { ListedRoom } from "../../../protocol/room-list.ts";
import { formatAgo, formatNumber } from "../../format/numbers.ts";
import { texts } from "../../i18n/index.ts";
import { hashOf } from "../../route.ts";
import { roomsState } from "./rooms-state.ts";
import { type Column, firstOrder } from "./sort-rooms.ts";

const COLUMNS: readonly Column[] = ["room", "members", "sockets", "seq", "rate", "activeAt"];

/** @param props.now when the rooms were loaded */
export function RoomTable({ rooms, now }: { rooms: readonly ListedRoom[]; now: number }) {
  const t = texts.value.rooms;
  return (
    <table class="room-table">
      <caption class="visually-hidden">{t.caption}</caption>
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <ColumnHead key={column} column={column} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rooms.map((room) => (
          <RoomRow key={room.room} room={room} now={now} />
        ))}
      </tbody>
    </table>
  );
}

/** Sorts the rooms of this page. Two presses reverse the order, and a third one is that of the service again. */
function ColumnHead({ column }: { column: Column }) {
  const { order } = roomsState;
  const t = texts.value.rooms;
  const own = order.value?.column === column ? order.value : undefined;
  const isReversed = own !== undefined && own.isDescending !== firstOrder(column).isDescending;
  const next = () => {
    if (own === undefined) order.value = firstOrder(column);
    else order.value = isReversed ? undefined : { column, isDescending: !own.isDescending };
  };
  const direction = own && (own.isDescending ? "descending" : "ascending");
  return (
    <th scope="col" aria-sort={direction}>
      <button type="button" title={t.sortHint(t.columnHints[column])} onClick={next}>
        {t.columns[column]}
        <span class="sort-mark" aria-hidden="true">
          {own && (own.isDescending ? "↓" : "↑")}
        </span>
      </button>
    </th>
  );
}

function RoomRow({ room, now }: { room: ListedRoom; now: number }) {
  const t = texts.value.rooms;
  const name = toPlainLine(room.room);
  return (
    <tr>
      <th scope="row">
        <a href={hashOf({ view: "room", room: room.room })} title={name}>
          <bdi class="name">{name}</bdi>
        </a>
        {room.stale && (
          <span class="stale" title={t.staleHint}>
            {t.stale}
          </span>
        )}
      </th>
      <td data-label={t.columns.members}>{formatNumber(room.members)}</td>
      <td data-label={t.columns.sockets}>{formatNumber(room.sockets)}</td>
      <td data-label={t.columns.seq}>{formatNumber(room.seq)}</td>
      <td data-label={t.columns.rate}>{formatNumber(room.rate)}</td>
      <td data-label={t.columns.activeAt} title={formatDateTime(room.activeAt)}>
        {formatAgo(room.activeAt, now)}
      </td>
    </tr>
  );
}
