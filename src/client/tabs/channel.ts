import type { Frame } from "../connection/transport.ts";

/** A message of a tab to the leading one. `from`: one of its sockets, or for a ping the tab itself. */
export type ToLeader = { from: string } & (
  | { type: "open"; url: string; protocols: string[] }
  | { type: "send"; data: Frame }
  | { type: "close"; code: number | undefined }
  | { type: "ping" }
);

/** The seqs that a frame covers, and the epoch of their log. */
export type SeqRange = { epoch: string; first: number; last: number };

/** A message of the leading tab. `to`: some sockets; all of them where it is absent. */
export type FromHub = { to?: readonly string[] } & (
  | { type: "lead" }
  | { type: "pong" }
  | { type: "frame"; data: Frame; range?: SeqRange }
  | { type: "closed"; code: number; reason: string }
  /** These sockets connect on their own: the leader cannot give them what they need, or they read too slowly. */
  | { type: "direct" }
);

export type FromLeader = FromHub & { leader: string };
