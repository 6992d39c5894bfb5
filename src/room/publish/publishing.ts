import { isDeeper } from "../../protocol/json.ts";
import { DATA_DEPTH } from "../../protocol/limits.ts";
import type { OperationName } from "../../protocol/operations.ts";
import { fitsUtf8 } from "../../protocol/text.ts";
import type { Up } from "../../protocol/up.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Sender } from "../delivery/sender.ts";
import type { HookSessions } from "../hooks/hook-session.ts";
import type { RoomModule } from "../modules.ts";
import type { ConnectionManager } from "../sessions/connection-manager.ts";
import type { Session } from "../sessions/session.ts";
import type { Flush } from "./flush.ts";
import { PendingOperation, PendingText } from "./pending-message.ts";
import { type Publisher, SessionPublisher } from "./publisher.ts";

type PublishEvent = Extract<Up, { type: "publish" }>;

type Parts = {
  settings: Settings;
  connections: ConnectionManager;
  sender: Sender;
  flush: Flush;
  hookSessions: HookSessions;
};

/** Checks the messages that sessions publish, and hands them to the flush. */
export class Publishing implements RoomModule {
  readonly name = "publishing";
  readonly handlers = {
    publish: (session: Session, event: PublishEvent) =>
      event.op === undefined ? this.#publishJson(session, event) : this.#operate(session, event, event.op),
  };
  readonly #parts: Parts;
  readonly #publishers = new WeakMap<Session, Publisher>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A binary message of a `dormouse.v1` session. */
  publishBytes(session: Session, id: string, bytes: Uint8Array): void {
    if (!this.#mayPublish(session, id) || !this.#fits(session, id, bytes.length)) return;
    this.#parts.flush.add({ by: this.#publisherOf(session), id, bytes });
  }

  /** A frame of a plain socket. A mistake closes the socket, with a reason that a person can read. */
  publishPlain(session: Session, frame: string | ArrayBuffer): void {
    const id = crypto.randomUUID();
    if (typeof frame === "string") {
      // UTF-8 has at least one byte for each code unit.
      if (this.#fits(session, id, frame.length)) this.#publishJson(session, { id: id, data: frame });
    } else if (this.#fits(session, id, frame.byteLength)) {
      this.#parts.flush.add({ by: this.#publisherOf(session), id, bytes: new Uint8Array(frame) });
    }
  }

  #publishJson(session: Session, { id, data, stream }: Pick<PublishEvent, "id" | "data" | "stream">): void {
    if (!this.#mayPublish(session, id)) return;
    const json = this.#encode(session, id, data);
    if (json === undefined) return;
    this.#parts.flush.add(
      new PendingText(this.#publisherOf(session), id, json, { data, isStream: stream === true }),
    );
  }

  /** An operation on another message. The flush checks it against that message. */
  #operate(
    session: Session,
    { id, data, target = 0, key, end, epoch }: PublishEvent,
    op: OperationName,
  ): void {
    const by = this.#publisherOf(session);
    const mayModerate = (op === "edit" || op === "delete") && by.can("moderate");
    if (!mayModerate && !this.#mayPublish(session, id)) return;
    const hasData = op === "edit" || op === "append";
    const json = hasData ? this.#encode(session, id, data) : undefined;
    if (hasData && json === undefined) return;
    this.#parts.flush.add(new PendingOperation(by, id, { op, target, key, end, epoch }, json));
  }

  #isFlat(session: Session, id: string, data: unknown): boolean {
    if (!isDeeper(data, DATA_DEPTH)) return true;
    const why = `The data of a message is nested at most ${DATA_DEPTH} levels deep.`;
    this.#parts.sender.sendError(session, "invalid_event", why, { id });
    return false;
  }

  /** The data as JSON text, encoded once, to be measured and to be stored; undefined where it is refused. */
  #encode(session: Session, id: string, data: unknown): string | undefined {
    if (!this.#isFlat(session, id, data)) return undefined;
    const json = JSON.stringify(data);
    // The quotes of a string do not count.
    const quotes = typeof data === "string" ? 2 : 0;
    const { messageBytes } = this.#parts.settings;
    if (fitsUtf8(json, messageBytes + quotes)) return json;
    this.#fits(session, id, messageBytes + 1);
    return undefined;
  }

  #mayPublish(session: Session, id: string): boolean {
    if (session.can.has("publish")) return true;
    this.#parts.sender.sendError(session, "forbidden", "You may not publish in this room.", { id });
    return false;
  }

  /** Whether a message may have so many bytes; if not, the session receives the reason. */
  #fits(session: Session, id: string, bytes: number): boolean {
    const { settings, connections, sender } = this.#parts;
    if (bytes <= settings.messageBytes) return true;
    const why = `A message has at most ${settings.messageBytes} bytes.`;
    if (session.mode === "plain") connections.close(session, "too_big", why);
    else sender.sendError(session, "too_big", why, { id });
    return false;
  }

  #publisherOf(session: Session): Publisher {
    const known = this.#publishers.get(session);
    if (known !== undefined) return known;
    const publisher = new SessionPublisher(session, this.#parts.hookSessions.of(session), this.#parts);
    this.#publishers.set(session, publisher);
    return publisher;
  }
}
