import { DormouseError } from "../../protocol/codes.ts";

/** How often `onMessage` may publish in answer to a message that it published itself. */
const MAX_DEPTH = 8;

/** Messages whose depth is known. A loop is noticed while it runs, so a few are enough. */
const REMEMBERED = 1000;

/** `onMessage` answered its own answers too often in a row. */
export class AnswerLoop extends DormouseError {
  constructor() {
    super(
      "hook_failed",
      `onMessage answered its own messages ${MAX_DEPTH} times in a row. Check message.from before you publish.`,
    );
  }
}

/** Counts the answers of `onMessage` to its own messages. Without a bound, it would answer them for ever. */
export class AnswerDepths {
  readonly #messageHook: { readonly cause: { id: string } | undefined } | undefined;
  /** By message id: how many answers led to it. */
  readonly #depths = new Map<string, number>();

  /** @param messageHook its `cause` is the message that `onMessage` handles */
  constructor(messageHook: { readonly cause: { id: string } | undefined } | undefined) {
    this.#messageHook = messageHook;
  }

  /** Counts messages that server code in this object publishes. @throws AnswerLoop */
  count(ids: readonly string[]): void {
    const cause = this.#messageHook?.cause;
    if (cause === undefined) return;
    const depth = (this.#depths.get(cause.id) ?? 0) + 1;
    if (depth > MAX_DEPTH) throw new AnswerLoop();
    for (const id of ids) this.#depths.set(id, depth);
    for (const oldest of this.#depths.keys()) {
      if (this.#depths.size <= REMEMBERED) break;
      this.#depths.delete(oldest);
    }
  }
}
