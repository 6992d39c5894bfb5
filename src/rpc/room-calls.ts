import type { Erased, Published } from "../protocol/api.ts";
import type { RoomInfo } from "../protocol/down.ts";
import type { Operation } from "../protocol/operations.ts";
import type { DataCalls } from "./data-calls.ts";
import type { FileCalls } from "./file-calls.ts";
import type { Outcome } from "./outcome.ts";

/** A caller that reads. `rateKey`: the key of its rate limit; absent where none applies. */
export type Reader = { member: string; rateKey?: string };

/** The facts about the author of a call that hooks see, beside its identity. */
export type AuthorGrant = { can: readonly string[]; claims?: Record<string, unknown> | undefined };

/** A message to publish: its data as JSON text, encoded once, in the Worker; or its bytes. Both are known to fit. */
export type PostedMessage =
  | { id: string; json: string; isStream?: boolean }
  | { id: string; bytes: Uint8Array }
  | { id: string; operation: Operation; json?: string | undefined };

/** Messages that an authorized caller publishes, all of them or none. */
export type Post = {
  member: string;
  name: string;
  author: AuthorGrant;
  rateKey?: string;
  messages: readonly PostedMessage[];
};

/** A signal that an authorized caller sends. `json`: its data as JSON text. */
export type PostedSignal = {
  member: string;
  name: string;
  author: AuthorGrant;
  rateKey?: string;
  json: string;
  to?: readonly string[] | undefined;
  key?: string | undefined;
};

/**
 * Messages with a seq below `before`, or above `after`. `epoch`: of an earlier page. `tags`: the entity tags that the caller has, `*` for
 * any. `isHead`: the caller wants no messages, only what describes the page.
 */
export type PageQuery = Reader & {
  before?: number;
  after?: number;
  limit: number;
  epoch?: string;
  tags: readonly string[];
  isHead: boolean;
};

/** One message, by its seq. */
export type MessageQuery = Reader & { seq: number };

/**
 * A page of the log; `first` and `last` are 0 where it is empty. `more`: there are more messages in its direction. `isKnown`: the caller
 * has it already. `messages`: a JSON array; absent where the caller has the page, or did not want it.
 */
export type PageAnswer = {
  first: number;
  last: number;
  more: boolean;
  epoch: string;
  tag: string;
  isKnown: boolean;
  messages?: string;
};

export type Kicked = { kicked: number; wasHere: boolean };

/**
 * The calls of a Worker to a room, which it makes for callers that it has authorized. A refusal travels as data, because an exception
 * that crosses from one object to another keeps its message only.
 */
export interface RoomCalls {
  /** @param attempt the name of an attempt to join: where the room refused it, that refusal is the answer */
  readInfo(reader: Reader, attempt?: string): Outcome<RoomInfo>;
  messages(query: PageQuery): Outcome<PageAnswer>;
  /** One message in its current form, as JSON text. */
  message(query: MessageQuery): Outcome<string>;
  publish(post: Post): Promise<Outcome<Published>>;
  signal(signal: PostedSignal): Outcome<null>;
  /** The member list as JSON text. */
  members(reader: Reader): Outcome<string>;
  /** Closes a member's sessions, and bans it for so many seconds; 0 seconds end a ban. */
  kick(member: string, banSeconds?: number): Kicked;
  erase(): Erased;
}

/** The stub of a room, whatever class its owner made of it. */
export type RoomStub = {
  fetch(request: Request): Response | Promise<Response>;
  dormouseCall(name: string, args: unknown[]): Promise<unknown>;
};

type AllCalls = RoomCalls & DataCalls & FileCalls;
type Call<Name extends keyof AllCalls> = Awaited<ReturnType<AllCalls[Name]>>;

/** Runs a call. */
type Around = <Result>(call: () => Promise<Result>) => Promise<Result>;

/** The room as the Worker sees it: its calls over RPC. */
export class RoomClient {
  readonly #stub: RoomStub;
  readonly #around: Around;

  /** @param around runs each call, for measurements */
  constructor(stub: RoomStub, around: Around = (call) => call()) {
    this.#stub = stub;
    this.#around = around;
  }

  /** The same room, whose calls run within `around`. */
  within(around: Around): RoomClient {
    return new RoomClient(this.#stub, around);
  }

  async fetch(request: Request): Promise<Response> {
    return await this.#around(async () => await this.#stub.fetch(request));
  }

  async call<Name extends keyof AllCalls>(
    name: Name,
    ...args: Parameters<AllCalls[Name]>
  ): Promise<Call<Name>> {
    return (await this.#around(() => this.#stub.dormouseCall(name, args))) as Call<Name>;
  }
}
