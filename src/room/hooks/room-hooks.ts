import type { OperationName } from "../../protocol/operations.ts";
import type { StoredMessage, StoredOperation } from "../../protocol/room-api.ts";
import type { HookSession } from "./hook-session.ts";

export type { StoredMessage, StoredOperation } from "../../protocol/room-api.ts";

/**
 * A message before it is stored. Return `{ ...draft, data }` to change it; what is changed in place is not stored.
 *
 * The type of `data` is a promise of your clients, which nothing checks: it can be any JSON. A binary message has `bytes` in its place,
 * and its `data` is undefined.
 */
export type Draft<Data = unknown> = {
  readonly id: string;
  /** The member id and the name of its author. */
  readonly from: string;
  readonly name: string;
  readonly data: Shallow<Data>;
  readonly bytes?: Uint8Array;
  /**
   * Where it is an operation on another message: which one, and the seq of that message. The data of an edit is the new one. That of an append
   * is the data of the message with the appended text alone. Others have the data of the message as it is, which they do not change.
   */
  readonly op?: OperationName;
  readonly target?: number;
  /** The key of a reaction. */
  readonly key?: string | undefined;
};

type Shallow<Data> = Data extends object ? Readonly<Data> : Data;

/** A signal before it is sent. `to`: the member ids that receive it; absent for all. */
export type SignalDraft = {
  readonly from: string;
  readonly data: unknown;
  readonly to?: readonly string[];
  readonly key?: string;
};

/** The author of a message, a signal or a call. A caller over HTTP is an author without a session. */
export type Author = {
  readonly member: string;
  readonly name: string;
  /** Whether the author has a capability in this room, or `admin`. */
  can(capability: string): boolean;
  /** The claims about the author, from `authenticate` or the token. */
  readonly claims: Readonly<Record<string, unknown>>;
};

/** How a session ended. `left`: its client said goodbye. `lost`: the connection broke. `closed`: the server closed it. */
export type CloseReason = "left" | "lost" | "closed";

export type HookName =
  | "onStart"
  | "onConnect"
  | "onPublish"
  | "onMessage"
  | "onOperation"
  | "onSignal"
  | "onClose"
  | "onRequest"
  | "onSchedule";

/**
 * The hooks of a room, as its owner wrote them. Before-hooks are synchronous and run in the turn that they decide about; `onMessage`,
 * `onOperation` and `onSchedule` run after it, and may be asynchronous.
 */
export type RoomHooks = {
  onStart?(): unknown;
  onConnect?(session: HookSession): unknown;
  onPublish?(draft: Draft, author: Author): unknown;
  onMessage?(message: StoredMessage): unknown;
  onOperation?(operation: StoredOperation): unknown;
  onSignal?(signal: SignalDraft, author: Author): unknown;
  onClose?(session: HookSession, event: { reason: CloseReason }): unknown;
  onRequest?(request: Request, author: Author): Response | Promise<Response>;
  onSchedule?(payload: unknown): unknown;
  onError?(error: unknown, hook: HookName): unknown;
};
