import { fromBase64 } from "../../protocol/base64.ts";
import { REACTION_MEMBERS } from "../../protocol/limits.ts";
import type { ExportedMessage } from "../../protocol/transfer.ts";
import { binarySegment, encodeMessage, type Segment, sparseFrame, textSegment } from "../log/segment.ts";
import type { Form } from "../operations/form.ts";

/** UTF-16 code units of the messages in one row. At three bytes each, and with the ids, a row then stays under 1 MiB. */
const ROW_CHARS = 160 * 1024;

export type ImportRow = { segment: Segment; ids: readonly string[] };

/**
 * The rows of imported messages: those with the same time and seqs in a row share one, as the messages of a flush do. Seqs without a message,
 * which were those of operations, become rows that hold none.
 * @param last the seq of the row before, and its time
 */
export function* importRows(
  messages: readonly ExportedMessage[],
  { last, at }: { last: number; at: number },
): Generator<ImportRow> {
  let run: ExportedMessage[] = [];
  let texts: string[] = [];
  let chars = 0;
  let before = last;
  let time = at;
  const flush = function* (): Generator<ImportRow> {
    const [first] = run;
    if (first === undefined) return;
    yield { segment: textSegment(first.seq, first.at, texts), ids: run.map(({ id }) => id) };
    [run, texts, chars] = [[], [], 0];
  };
  for (const message of messages) {
    const { seq, at: messageAt, id, from, name, binary } = message;
    const isGap = seq > before + 1;
    if (isGap) {
      yield* flush();
      yield gapRow(before + 1, seq - 1, time || messageAt);
    }
    before = seq;
    time = messageAt;
    if (binary !== undefined) {
      yield* flush();
      const bytes = fromBase64(binary);
      yield { segment: binarySegment({ seq, at: messageAt, id, from, name }, bytes), ids: [id] };
      continue;
    }
    const text = textOf(message);
    if (run[0]?.at !== messageAt || chars + text.length > ROW_CHARS) yield* flush();
    run.push(message);
    texts.push(text);
    chars += text.length;
  }
  yield* flush();
}

/** A row for seqs whose operations are not imported. It counts as joined appends, so that it can be cut after any seq. */
export function gapRow(first: number, last: number, at: number): ImportRow {
  const count = last - first + 1;
  const body = sparseFrame(first, last, at, []);
  return {
    segment: { first, last, at, body, sizes: null, parts: "", ops: count, light: count },
    ids: [],
  };
}

function textOf({ id, from, name, stream, data, deleted, version }: ExportedMessage): string {
  if (deleted) return encodeMessage({ id, from, name, deleted, version });
  return encodeMessage({ id, from, name, stream: version === undefined ? stream : undefined, data });
}

/** The changes by operations that the row of a message does not hold; undefined if there were none. */
export function importedForm(message: ExportedMessage): Form | undefined {
  const { seq, from, data, edited, deleted = false, version, stream, reactions = {} } = message;
  if (version === undefined) return undefined;
  return {
    seq,
    from,
    isChanged: false,
    json: undefined,
    data,
    isBinary: message.binary !== undefined,
    size: 0,
    edited,
    deleted,
    version,
    stream,
    reactions: Object.fromEntries(
      Object.entries(reactions).map(([key, { count, members }]) => [
        key,
        { count, members: members.slice(0, REACTION_MEMBERS) },
      ]),
    ),
    rows: [],
  };
}
