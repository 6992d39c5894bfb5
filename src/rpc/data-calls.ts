import type { Imported } from "../protocol/room-list.ts";
import type { WebhookState } from "../protocol/webhook-state.ts";
import type { RoomActivity } from "./directory.ts";
import type { Outcome } from "./outcome.ts";
import type { Reader } from "./room-calls.ts";

/** The messages after a seq and up to another one, for an export. `epoch`: of the pages before. */
export type ExportQuery = Reader & { after: number; upTo?: number; epoch?: string };

/** A page of an export. `seq`: of the newest message of the room. `lines`: its messages as JSON, each with a line feed. */
export type ExportPage = {
  epoch: string;
  seq: number;
  floor: number;
  last: number;
  more: boolean;
  lines: string;
};

/** Where an import begins: `floor` is the seq before its first one. */
export type ImportStart = { floor: number };

/** A part of a room's data of a member. `after`: a seq, from the answer before. */
export type RemovalQuery = { member: string; after: number };

/** The result of one step. `next`: the position to continue from; absent if nothing is left. */
export type Removal = {
  messages: number;
  reactions: number;
  sockets: number;
  ban: boolean;
  next?: number;
};

/** The calls of operators to a room. */
export interface DataCalls {
  /** How active the room is; null where it holds nothing. */
  activity(): RoomActivity | null;
  /** How the deliveries to the webhook go. */
  webhook(reader: Reader): Outcome<WebhookState>;
  exportPage(query: ExportQuery): Outcome<ExportPage>;
  /** Begins an import into an empty room. @returns its key for the other calls */
  beginImport(start: ImportStart): Outcome<string>;
  /** Takes messages, in the order of their seqs. @param messages a JSON array of `ExportedMessage` */
  addToImport(key: string, messages: string): Outcome<null>;
  /** Makes the imported messages those of the room. @param seq of the newest message or operation */
  endImport(key: string, seq: number): Outcome<Imported>;
  abortImport(key: string): void;
  removeMember(query: RemovalQuery): Promise<Outcome<Removal>>;
}
