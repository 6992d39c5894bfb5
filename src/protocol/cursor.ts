/** A position in a room's log: the client has every message up to `seq`. Its text is `<epoch>.<seq>`. */
export type Cursor = { epoch: string; seq: number };

const CURSOR = /^([^.]+)\.(\d{1,16})$/;

export function formatCursor(epoch: string, seq: number): string {
  return `${epoch}.${seq}`;
}

/** @returns undefined where the text is absent or has another form */
export function parseCursor(text: string | undefined): Cursor | undefined {
  const [, epoch, seq] = CURSOR.exec(text ?? "") ?? [];
  return epoch ? { epoch, seq: Number(seq) } : undefined;
}
