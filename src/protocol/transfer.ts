import type { Reaction } from "./operations.ts";

/** The first line of an export. `seq`: up to which it goes; `floor`: of the newest message that was removed; `after`: where it began. */
export type ExportHeader = { room: string; epoch: string; seq: number; floor: number; after?: number };

/** A message of an export. Reactions list all of their members. `binary`: the bytes in base64. */
export type ExportedMessage = {
  seq: number;
  at: number;
  id: string;
  from: string;
  name: string;
  data?: unknown;
  binary?: string | undefined;
  stream?: "incomplete" | undefined;
  edited?: number | undefined;
  deleted?: true | undefined;
  reactions?: Record<string, Pick<Reaction, "count" | "members">> | undefined;
  version?: number | undefined;
};

/** The last line of an export that is whole. `seq`: up to which it goes. */
export type ExportEnd = { end: true; seq: number };

/** The last line of an export that was ended by an error. */
export type ExportError = { error: string; detail: string };
