import { isDeeper } from "../../protocol/json.ts";
import { DATA_DEPTH } from "../../protocol/limits.ts";
import type { Operation } from "../../protocol/operations.ts";
import { fitsUtf8 } from "../../protocol/text.ts";
import type { Form } from "../operations/form.ts";
import { draftDataOf, operationData } from "../operations/operation-draft.ts";
import { type PendingMessage, PendingOperation, PendingText } from "../publish/pending-message.ts";
import { HookFault, type HookRunner } from "./hook-runner.ts";
import type { Draft } from "./room-hooks.ts";

/**
 * Calls `onPublish` for messages from outside, in the transaction that stores them. The room's own server code is trusted: its messages
 * skip the hook.
 */
export class PublishHook {
  readonly #runner: HookRunner;
  readonly #messageBytes: number;

  constructor(runner: HookRunner, messageBytes: number) {
    this.#runner = runner;
    this.#messageBytes = messageBytes;
  }

  get isNeeded(): boolean {
    return this.#runner.hooks.onPublish !== undefined;
  }

  /**
   * The message as the hook leaves it. Of an operation without data, such as a reaction, the hook can change nothing.
   * @param targetOf the message that an operation changes
   * @param accept takes the message that the hook leaves. What it throws rolls back what the hook wrote
   * @throws DormouseError where the hook refuses the message, fails, or returns what cannot be stored
   */
  apply(
    message: PendingMessage,
    targetOf: (message: PendingOperation) => Form,
    accept: (message: PendingMessage) => void,
  ): PendingMessage {
    const { author } = message.by;
    const { hooks } = this.#runner;
    if (author === undefined || hooks.onPublish === undefined) {
      accept(message);
      return message;
    }
    // Shared with the changed message, since the hook itself may publish the id of its draft.
    message.again ??= [];
    const draft: Draft = {
      id: message.id,
      from: message.by.member,
      name: message.by.name,
      ...contentOf(message, targetOf),
    };
    const hasContent = !(message instanceof PendingOperation) || message.json !== undefined;
    return this.#runner.before(
      "onPublish",
      () => hooks.onPublish?.(draft, author),
      (result) => {
        const changed = result === undefined || !hasContent ? message : this.#changed(message, result);
        accept(changed);
        return changed;
      },
    );
  }

  #changed(message: PendingMessage, result: unknown): PendingMessage {
    if (typeof result !== "object" || result === null) {
      throw new TypeError("onPublish returns a draft, or nothing. Throw reject(…) to refuse a message.");
    }
    const { id, from, name, data, bytes, ...others } = result as Partial<Draft>;
    const { by } = message;
    if (isOther(id, message.id) || isOther(from, by.member) || isOther(name, by.name))
      throw new TypeError("onPublish can change the data of a draft, not its id, from or name.");
    if (message instanceof PendingOperation) checkOperation(message.operation, others);
    if (!(message instanceof PendingText)) {
      if (!(bytes instanceof Uint8Array)) throw new TypeError("A draft with bytes must stay one.");
      this.#checkSize(bytes.length <= this.#messageBytes);
      // The hook may use its buffer again for the next draft.
      return { ...message, bytes: bytes.slice() };
    }
    const kept = message instanceof PendingOperation ? operationData(message.operation, data) : data;
    const json = JSON.stringify(kept);
    if (json === undefined) throw new TypeError("The data of a draft must be JSON.");
    if (isDeeper(data, DATA_DEPTH))
      throw new TypeError(`The data of a draft is nested over ${DATA_DEPTH} levels deep.`);
    // The quotes of a string do not count.
    this.#checkSize(fitsUtf8(json, this.#messageBytes + (typeof data === "string" ? 2 : 0)));
    return message.withJson(json);
  }

  #checkSize(fits: boolean): void {
    if (fits) return;
    const why = `The server's onPublish made a message of more than ${this.#messageBytes} bytes. Send less.`;
    throw new HookFault("too_big", why);
  }
}

/** A field that the hook left out stays as it is. */
function isOther<Value>(returned: Value | undefined, given: Value): boolean {
  return returned !== undefined && returned !== given;
}

/** @throws TypeError where the hook made another operation of it */
function checkOperation(given: Operation, { op, target, key }: Partial<Draft>): void {
  if (isOther(op, given.op) || isOther(target, given.target) || isOther(key, given.key))
    throw new TypeError("onPublish can change the data of an operation, not its op, target or key.");
}

type Content = Pick<Draft, "data" | "bytes" | "op" | "target" | "key">;

function contentOf(message: PendingMessage, targetOf: (message: PendingOperation) => Form): Content {
  if (!(message instanceof PendingText)) return { data: undefined, bytes: message.bytes };
  if (!(message instanceof PendingOperation)) return { data: message.takeData() };
  const { operation, json } = message;
  const { op, target, key } = operation;
  const data = draftDataOf(operation, json, targetOf(message));
  return { op, target, ...(key === undefined ? {} : { key }), data };
}
