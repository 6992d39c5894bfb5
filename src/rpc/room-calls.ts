import type { Erased, Published } from "../protocol/api.ts";
import type { RoomInfo } from "../protocol/down.ts";
import type { Outcome } from "./outcome.ts";

/**
 * The RPC contract between the Worker and a room. The Worker authorizes the caller, checks each input and then makes one of these
 * calls. The room itself only decides what it alone knows: bans, rate limits and the state of the log.
 */
export interface RoomCalls {
  /** Handles an upgrade that the Worker admitted: the request of `admissionRequest`. */
  fetch(request: Request): Response | Promise<Response>;
  /** The epoch, newest seq, floor and member count. */
  look(reader: Reader): Outcome<RoomInfo>;
  messages(query: PageQuery): Outcome<PageAnswer>;
  /** Stores all of the messages or none. Resolves once they are on disk. */
  publish(post: Post): Promise<Outcome<Published>>;
  signal(signal: PostedSignal): Outcome<null>;
  /** The body of `GET /v1/rooms/{room}/members`, as JSON text. */
  members(reader: Reader): Outcome<string>;
  /**
   * Closes a member's sockets.
   * @param banSeconds how long the member may not return; 0 lifts a ban
   */
  kick(member: string, banSeconds?: number): { kicked: number; wasHere: boolean };
  /** Removes all messages, starts a new epoch and closes all sockets. */
  erase(): Erased;
}

/** A caller that reads from a room over HTTP. */
export type Reader = {
  member: string;
  /** The key of the rate limiter that this call counts against; absent for callers without a limit. */
  rateKey?: string;
};

/** Messages to publish. */
export type Post = {
  member: string;
  name: string;
  /** The key of the rate limiter that this call counts against; absent for callers without a limit. */
  rateKey?: string;
  messages: readonly PostedMessage[];
};

/** One message of a post, already checked against every size limit. `json`: its data as JSON text. */
export type PostedMessage = { id: string; json: string } | { id: string; bytes: Uint8Array };

/** A query for one page of messages: those with a seq below `before`, or above `after`. */
export type PageQuery = Reader & {
  before?: number;
  after?: number;
  limit: number;
  /** The epoch of an earlier page. */
  epoch?: string;
  /** ETags of pages that the caller has; `*` matches any page. */
  tags: readonly string[];
  /** Whether the caller wants the metadata of the page without its messages. */
  isHead: boolean;
};

/** One page of messages. `first` and `last` are 0 where the page is empty. */
export type PageAnswer = {
  epoch: string;
  first: number;
  last: number;
  /** Whether there are more messages in the direction of the query. */
  more: boolean;
  /** The ETag of the page. */
  tag: string;
  /** Whether the caller already has this page. */
  isKnown: boolean;
  /** A JSON array; absent where the caller has the page or did not ask for messages. */
  messages?: string;
};

/** A signal to send. */
export type PostedSignal = {
  member: string;
  /** Its data as JSON text. */
  json: string;
  to?: readonly string[] | undefined;
  key?: string | undefined;
  /** The key of the rate limiter that this call counts against; absent for callers without a limit. */
  rateKey?: string;
};
