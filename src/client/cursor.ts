/** A position in a room's log. As text: `<epoch>.<seq>`. */
export type Cursor = { epoch: string; seq: number };

const CURSOR = /^([^.]+)\.(\d{1,15})$/;

export function formatCursor(epoch: string, seq: number): string {
  return `${epoch}.${seq}`;
}

/** Returns undefined where the text is not a cursor. */
export function parseCursor(text: string | undefined): Cursor | undefined {
  const [, epoch, seq] = CURSOR.exec(text ?? "") ?? [];
  return epoch === undefined ? undefined : { epoch, seq: Number(seq) };
}
