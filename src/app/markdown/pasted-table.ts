/** Finds rows that were pasted from a sheet or a terminal: they have no Markdown, and need their columns. */

export type Pasted = { raw: string } & ({ rows: string[][] } | { text: string });

/** Lines that Markdown itself knows. */
const MARKDOWN_LINE = /^\s*(?:[-+*>#]\s|\d{1,9}[.)]\s|```|~~~)/;
const TABS = /\S[^\S\t]*\t/;
const COLUMN_GAP = /\S( {2,})(?=\S)/g;
const FRAME = /^[|+│├┌└].*[|+│┤┐┘]$/;
/** The line below the head of a table in Markdown. */
const DELIMITER_LINE = /^[\s|:-]*-[\s|:-]*$/;
const MIN_ROWS = 2;

/** The pasted rows at the start of a text. */
export function pastedAtStart(text: string): Pasted | undefined {
  const end = endOfRows(text, 0);
  if (end === undefined) return undefined;
  const raw = text.slice(0, end);
  const rows = raw.split("\n").map((line) => line.split("\t"));
  const width = rows[0]?.length ?? 0;
  const isTable = width > 1 && rows.every((row) => row.length === width);
  return isTable ? { raw, rows } : { raw, text: raw };
}

export function lineAt(text: string, index: number): string {
  const end = text.indexOf("\n", index);
  return end === -1 ? text.slice(index) : text.slice(index, end);
}

/** Whether a line and the next one start a table of Markdown. */
export function isTableHead(text: string, index: number): boolean {
  const line = lineAt(text, index);
  const next = lineAt(text, index + line.length + 1);
  return line.includes("|") && next.includes("|") && DELIMITER_LINE.test(next);
}

/** Where the pasted rows that start at a line end; undefined if there are none. */
export function endOfRows(text: string, index: number): number | undefined {
  const first = lineAt(text, index);
  if (isTableHead(text, index)) return undefined;
  let columns = columnStarts(first);
  const isAligned = (line: string) => {
    const starts = columnStarts(line);
    columns = new Set([...columns].filter((column) => starts.has(column)));
    return columns.size > 0;
  };
  for (const isRow of [isTabbed, isFramed, isAligned]) {
    let end = index - 1;
    let count = 0;
    for (let at = index; at < text.length; count++) {
      const line = lineAt(text, at);
      if (line.trim() === "" || MARKDOWN_LINE.test(line) || !isRow(line)) break;
      end = at + line.length;
      at = end + 1;
    }
    if (count >= MIN_ROWS) return end;
  }
  return undefined;
}

const isTabbed = (line: string) => TABS.test(line);

function isFramed(line: string): boolean {
  const trimmed = line.trim();
  return trimmed.includes(" | ") || FRAME.test(trimmed);
}

function columnStarts(line: string): Set<number> {
  return new Set([...line.matchAll(COLUMN_GAP)].map(({ index, 0: match }) => index + match.length));
}
