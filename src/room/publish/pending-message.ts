import type { Operation } from "../../protocol/operations.ts";
import type { Publisher } from "./publisher.ts";

/** A message that was accepted and has no seq yet. */
export type PendingMessage = PendingText | PendingBinary;

type Common = {
  by: Publisher;
  id: string;
  /** Publishers who repeated the id while the message was pending. Each receives its seq. */
  again?: Publisher[] | undefined;
  /** The batch that the message belongs to: all of its messages are stored, or none. */
  batch?: object | undefined;
};

export type PendingBinary = Common & { bytes: Uint8Array };

/** A pending message whose data is JSON. */
export class PendingText implements Common {
  readonly by: Publisher;
  readonly id: string;
  again?: Publisher[] | undefined;
  batch?: object | undefined;
  readonly bytes?: never;
  /**
   * UTF-16 code units that must fit into the current row for this message to join it. The first message of a batch has those of the
   * whole batch, and the others 0, so that a batch shares a row. Undefined: those of the message itself.
   */
  rowChars: number | undefined;
  /** Whether its text follows in appends. */
  readonly isStream: boolean;
  /** The message as it stands in a `messages` frame. */
  encoded: string;
  readonly #json: string;
  #data: unknown;

  /**
   * @param json the data as JSON text, which is known to fit
   * @param options `data`: the same, where it is parsed already; `isStream`: its text follows in appends
   */
  constructor(
    by: Publisher,
    id: string,
    json: string,
    { data, isStream = false }: { data?: unknown; isStream?: boolean } = {},
  ) {
    this.by = by;
    this.id = id;
    this.#json = json;
    this.#data = data;
    this.isStream = isStream;
    const envelope = JSON.stringify({
      id,
      from: by.member,
      name: by.name,
      ...(isStream ? { stream: "open" } : {}),
    });
    this.encoded = `${envelope.slice(0, -1)},"data":${json}}`;
  }

  /** The data, parsed when it is first needed, which only a plain socket or a hook causes. */
  get data(): unknown {
    if (this.#data === undefined) this.#data = JSON.parse(this.#json);
    return this.#data;
  }

  /** The data for somebody who may change it: the message keeps its own. */
  takeData(): unknown {
    const { data } = this;
    this.#data = undefined;
    return data;
  }

  /** The same message with other data. It shares no row with its batch any more, since its length is another. */
  withJson(json: string): PendingText {
    const message = new PendingText(this.by, this.id, json, { isStream: this.isStream });
    message.again = this.again;
    message.batch = this.batch;
    return message;
  }
}

/** A pending operation on another message. */
export class PendingOperation extends PendingText {
  readonly operation: Operation;
  /** The data as JSON text: of an edit, or the text of an append. */
  readonly json: string | undefined;
  /** Whether it lost its content: its target was deleted in the same flush. */
  isRedacted = false;
  #offset: number | undefined;

  constructor(by: Publisher, id: string, operation: Operation, json?: string) {
    super(by, id, json ?? "null");
    this.operation = operation;
    this.json = json;
    this.#encode(operation, json);
  }

  /** Undefined where the operation has none, or lost it. */
  override get data(): unknown {
    return this.json === undefined || this.isRedacted ? undefined : super.data;
  }

  get offset(): number | undefined {
    return this.#offset;
  }
  /** The length of the text before an append, known once its turn has come: UTF-16 code units. */
  set offset(offset: number | undefined) {
    this.#offset = offset;
    this.#encode(this.operation, this.json);
  }

  override withJson(json: string): PendingOperation {
    const message = new PendingOperation(this.by, this.id, this.operation, json);
    message.again = this.again;
    message.batch = this.batch;
    return message;
  }

  /** Its target was deleted in the same flush: it is stored as a deletion, without its content. */
  redact(): void {
    this.isRedacted = true;
    this.#encode({ op: "delete", target: this.operation.target }, undefined);
  }

  /** The fields that make it an operation in a frame. */
  get wireFields(): Operation & { offset?: number } {
    const { op, target, key, end } = this.operation;
    if (this.isRedacted) return { op: "delete", target };
    return { op, target, key, end, ...(this.#offset === undefined ? {} : { offset: this.#offset }) };
  }

  #encode({ op, target, key, end }: Operation, json: string | undefined): void {
    const offset = op === "append" ? this.#offset : undefined;
    const head = JSON.stringify({
      op,
      target,
      key,
      offset,
      end,
      id: this.id,
      from: this.by.member,
      name: this.by.name,
    });
    this.encoded = json === undefined ? head : `${head.slice(0, -1)},"data":${json}}`;
  }
}
