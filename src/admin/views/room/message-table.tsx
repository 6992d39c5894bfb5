import { useState } from "preact/hooks";
import { IconButton } from "../../../app/components/common/icon-button.tsx";
import { memo } from "../../../app/components/common/memo.tsx";
import { NameLabel } from "../../../app/components/common/name-label.tsx";
import { formatBytes } from "../../../app/format/bytes.ts";
import { formatDateTime } from "../../../app/format/datetime.ts";
import { limitCombiningMarks, toPlainLine, truncate } from "../../../app/format/untrusted-text.ts";
import { formatClock, formatNumber } from "../../format/numbers.ts";
import { texts } from "../../i18n/index.ts";
import { MAX_TEXT, type Row } from "./row.ts";

/** The table shows so much of a text until the operator asks for the rest. */
const FIRST_CHARS = 320;
const FIRST_LINES = 4;

type MessageTableProps = { rows: readonly Row[]; onDelete: (row: Row) => void };

/** The newest message is the first row, so that live messages arrive where the operator looks. */
export function MessageTable({ rows, onDelete }: MessageTableProps) {
  const t = texts.value.room;
  return (
    <table class="message-table">
      <thead>
        <tr>
          <th scope="col">{t.seqColumn}</th>
          <th scope="col">{t.time}</th>
          <th scope="col">{t.author}</th>
          <th scope="col">{t.message}</th>
          <th scope="col">
            <span class="visually-hidden">{t.action}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.toReversed().map((row) => (
          <MessageRow key={row.seq} row={row} onDelete={onDelete} />
        ))}
      </tbody>
    </table>
  );
}

const MessageRow = memo(({ row, onDelete }: { row: Row; onDelete: (row: Row) => void }) => {
  const t = texts.value.room;
  return (
    <tr data-seq={row.seq}>
      <td>{formatNumber(row.seq)}</td>
      <td title={formatDateTime(row.at)}>{formatClock(row.at)}</td>
      <td title={`${toPlainLine(row.name)}\n${toPlainLine(row.from)}`}>
        <NameLabel name={row.name} />
      </td>
      <td>
        <Content row={row} />
      </td>
      <td>
        {row.kind !== "deleted" && (
          <IconButton
            icon="delete"
            label={t.deleteMessage(formatNumber(row.seq))}
            onClick={() => onDelete(row)}
          />
        )}
      </td>
    </tr>
  );
});

function Content({ row }: { row: Row }) {
  const t = texts.value.room;
  if (row.kind === "deleted") return <p class="hint">{t.deleted}</p>;
  if (row.kind === "binary") return <p class="hint">{t.binary(formatBytes(row.size))}</p>;
  return (
    <>
      <Text row={row} />
      {row.isEdited && <p class="hint">{t.edited}</p>}
    </>
  );
}

function Text({ row: { text, size, kind } }: { row: Row }) {
  const [isWhole, setWhole] = useState(false);
  const t = texts.value.room;
  const first = truncate(text, FIRST_CHARS, FIRST_LINES);
  const shown = isWhole ? text : first;
  return (
    <>
      <p class={kind === "json" ? "message-json" : "message-body"}>
        <bdi>{limitCombiningMarks(shown)}</bdi>
        {shown.length < size && "…"}
      </p>
      {first.length < text.length && (
        <button type="button" class="link-button" onClick={() => setWhole(!isWhole)}>
          {isWhole ? t.showLess : t.showMore}
        </button>
      )}
      {isWhole && size > text.length && (
        <p class="hint">{t.cut(formatNumber(MAX_TEXT), formatNumber(size))}</p>
      )}
    </>
  );
}
