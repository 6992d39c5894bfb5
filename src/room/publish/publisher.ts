import type { CloseName, DormouseError, ErrorCode } from "../../protocol/codes.ts";
import type { Capability } from "../../protocol/down.ts";
import type { Sender } from "../delivery/sender.ts";
import type { Author } from "../hooks/room-hooks.ts";
import { closeReason } from "../sessions/close.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";

/** The author of messages, who waits for their outcome. */
export interface Publisher {
  readonly member: string;
  readonly name: string;
  /** The author that `onPublish` sees; undefined for the room's own server code, whose messages skip that hook. */
  readonly author: Author | undefined;
  /** Whether the author may do this. The room's own server code may do everything. */
  can(capability: Capability): boolean;
  /** Whether the author chooses the ids of its messages, and may therefore repeat one. */
  readonly choosesIds: boolean;
  /** A message was stored under a seq and sent. @param isAppend whether those who receive it later may receive it joined with others */
  onStored(id: string, seq: number, isAppend: boolean): void;
  /** A message with this id was stored before, under this seq. */
  onRepeated(id: string, seq: number): void;
  /** A message was not stored. */
  onRefused(id: string, error: DormouseError): void;
}

/** A plain socket learns of a refusal by its close. All other codes close it with `policy`. */
const PLAIN_CLOSES: { readonly [Code in ErrorCode]?: CloseName } = {
  rate_limited: "busy",
  too_big: "too_big",
  unavailable: "server_error",
  hook_failed: "server_error",
  hook_async: "server_error",
};

/** A session as the author of messages. */
export class SessionPublisher implements Publisher {
  readonly author: Author;
  readonly #session: Session;
  readonly #connections: ConnectionManager;
  readonly #sender: Sender;

  constructor(
    session: Session,
    author: Author,
    { connections, sender }: { connections: ConnectionManager; sender: Sender },
  ) {
    this.author = author;
    this.#session = session;
    this.#connections = connections;
    this.#sender = sender;
  }

  get member(): string {
    return this.#session.member;
  }

  get name(): string {
    return this.#session.name;
  }

  can(capability: Capability): boolean {
    return this.author.can(capability);
  }

  /** The room chooses the ids for plain sockets. */
  get choosesIds(): boolean {
    return this.#session.mode === "v1";
  }

  onStored(id: string, seq: number, isAppend: boolean): void {
    // A session that may read takes its own message for the acknowledgement. Joined appends have the id of the last of them.
    const { mode, can, replayFrom } = this.#session;
    const isReceived = can.has("read") && !(isAppend && replayFrom !== undefined);
    if (mode === "v1" && !isReceived) this.onRepeated(id, seq);
  }

  onRepeated(id: string, seq: number): void {
    this.#sender.send(this.#session, { type: "ack", id, seq });
  }

  onRefused(id: string, { code, message, retryAfter }: DormouseError): void {
    if (this.#session.mode === "v1") this.#sender.sendError(this.#session, code, message, { id, retryAfter });
    else this.#connections.close(this.#session, PLAIN_CLOSES[code] ?? "policy", closeReason(message));
  }
}
