import type { DormouseError } from "../../protocol/codes.ts";
import type { Sender } from "../delivery/sender.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";

/** The author of messages, who waits for their outcome. */
export interface Publisher {
  readonly member: string;
  readonly name: string;
  /** Whether the author chooses the ids of its messages, and may therefore repeat one. */
  readonly choosesIds: boolean;
  /** A message was stored under a seq and sent. */
  onStored(id: string, seq: number): void;
  /** A message with this id was stored before, under this seq. */
  onRepeated(id: string, seq: number): void;
  /** A message was not stored. */
  onRefused(id: string, error: DormouseError): void;
}

/** A session as the author of messages. */
export class SessionPublisher implements Publisher {
  readonly #session: Session;
  readonly #connections: ConnectionManager;
  readonly #sender: Sender;

  constructor(session: Session, connections: ConnectionManager, sender: Sender) {
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

  /** The room chooses the ids for plain sockets. */
  get choosesIds(): boolean {
    return this.#session.mode === "v1";
  }

  onStored(id: string, seq: number): void {
    // A session that may read takes its own message for the acknowledgement.
    const { mode, can } = this.#session;
    if (mode === "v1" && !can.has("read")) this.onRepeated(id, seq);
  }

  onRepeated(id: string, seq: number): void {
    this.#sender.send(this.#session, { type: "ack", id, seq });
  }

  onRefused(id: string, { code, message, retryAfter }: DormouseError): void {
    if (this.#session.mode === "v1") this.#sender.sendError(this.#session, code, message, { id, retryAfter });
    else this.#connections.close(this.#session, code === "rate_limited" ? "busy" : "server_error", message);
  }
}
