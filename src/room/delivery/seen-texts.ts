import { textIn } from "../../protocol/operations.ts";
import { encodeMessage, logMessages, type Segment, sizesOf, sparseFrame } from "../log/segment.ts";

/**
 * The messages that a fresh plain socket was sent in a form from after it joined. The operations since then follow as they were sent, and a
 * plain socket cannot tell which of them it has: those in the form are left out.
 */
export class SeenTexts {
  /** By seq: the last operation in the form, and how long its text was. */
  readonly #seen = new Map<number, { version: number; length: number }>();

  /** Notes the messages of a segment in their current form. @param until operations up to this seq are not sent at all */
  note(current: Segment, until: number): void {
    if (typeof current.body !== "string") return;
    for (const message of logMessages(current)) {
      const { seq, version = 0 } = message;
      const text = "data" in message ? textIn(message.data) : undefined;
      if (version > until) this.#seen.set(seq, { version, length: text?.length ?? 0 });
    }
  }

  /** A segment without the operations that were in those forms. */
  newsOf(segment: Segment): Segment {
    if (this.#seen.size === 0 || segment.ops === 0 || typeof segment.body !== "string") return segment;
    const { first, last, at } = segment;
    const texts = logMessages(segment).flatMap((message) => {
      const { seq, target = 0, offset = 0 } = message;
      const seen = this.#seen.get(target);
      if (seen === undefined) return [encodeMessage(message)];
      if (seq <= seen.version) return [];
      this.#seen.delete(target);
      // Joined appends may have begun before the form.
      const known = message.op === "append" ? Math.max(0, seen.length - offset) : 0;
      if (known === 0 || !("data" in message) || typeof message.data !== "string")
        return [encodeMessage(message)];
      return [encodeMessage({ ...message, data: message.data.slice(known), offset: offset + known })];
    });
    return { ...segment, body: sparseFrame(first, last, at, texts), sizes: sizesOf(texts), parts: null };
  }
}
