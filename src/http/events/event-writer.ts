import * as v from "valibot";
import { base64 } from "../../protocol/base64.ts";
import { decodeBinary } from "../../protocol/binary.ts";
import { formatCursor, parseCursor } from "../../protocol/cursor.ts";
import {
  binaryDownSchema,
  byeSchema,
  type HistoryMessage,
  markSchema,
  messagesSchema,
  welcomeSchema,
} from "../../protocol/down.ts";

/** The frames that a follower handles; it ignores all others. */
const handledSchema = v.variant("type", [welcomeSchema, messagesSchema, markSchema, byeSchema]);
type Handled = v.InferOutput<typeof handledSchema>;
type Welcome = v.InferOutput<typeof welcomeSchema>;

type Start = { cursor: string | undefined; history: number };

/** Writes the frames of a `dormouse.v1` socket as events (HTML Standard, section 9.2.6). */
export class EventWriter {
  readonly #start: Start;
  #epoch = "";
  /** The seq of the last message that was written, or of the position at which the follower started. */
  seq = 0;

  /** @param start the cursor and history that the follower asked for */
  constructor(start: Start) {
    this.#start = start;
  }

  /** The text of the events of a frame, which may be empty; for a `mark` frame, the mark. */
  encode(frame: string | ArrayBuffer): { events: string; mark?: string } {
    if (typeof frame !== "string") return { events: this.#message(decodeMessage(frame)) };
    const json: unknown = JSON.parse(frame);
    if (!v.is(handledSchema, json)) return { events: "" };
    // The frame itself, because the output of the schema lacks keys like `constructor`.
    const down: Handled = json;
    return down.type === "mark" ? { events: "", mark: down.mark } : { events: this.#events(down) };
  }

  #events(down: Exclude<Handled, { type: "mark" }>): string {
    switch (down.type) {
      case "welcome":
        this.#epoch = down.epoch;
        this.seq = this.#startSeq(down);
        return this.#position(down);
      case "messages":
        return this.#messages(down);
      case "bye": {
        const { code, retry, after } = down;
        return `${after > 0 ? `retry: ${after}\n` : ""}event: bye\ndata: ${JSON.stringify({ code, retry })}\n\n`;
      }
    }
  }

  /** The first event. Its `id:` must not be ahead of the messages that the follower is still to receive. */
  #position({ epoch, seq, resumed, reason }: Welcome): string {
    const { cursor, history } = this.#start;
    const id = resumed ? cursor : history === 0 || seq === 0 ? formatCursor(epoch, seq) : undefined;
    const data = { epoch, seq, resumed, ...(reason === undefined ? {} : { reason }) };
    const name = reason === undefined ? "position" : "reset";
    return `${id === undefined ? "" : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #startSeq({ seq, resumed }: Welcome): number {
    const { cursor = "", history } = this.#start;
    return resumed ? (parseCursor(cursor)?.seq ?? 0) : Math.max(0, seq - history);
  }

  /** Only the last event of a frame with `last` has an `id:`, because such a frame is one step. */
  #messages({ first, last, at, messages }: Extract<Handled, { type: "messages" }>): string {
    const events = messages.map(({ seq = 0, at: own = at, ...message }, i) => {
      const numbered = { seq: seq || first + i, at: own, ...message };
      const isWithin = last !== undefined && i < messages.length - 1;
      return isWithin ? `data: ${JSON.stringify(numbered)}\n\n` : this.#message(numbered, last);
    });
    this.seq = last ?? this.seq;
    return events.join("");
  }

  #message(message: HistoryMessage, position = message.seq): string {
    this.seq = position;
    return `id: ${formatCursor(this.#epoch, position)}\ndata: ${JSON.stringify(message)}\n\n`;
  }
}

function decodeMessage(frame: ArrayBuffer): HistoryMessage {
  const decoded = decodeBinary(frame);
  if (!decoded.ok) throw new Error(`The room sent an invalid binary frame: ${decoded.why}`);
  const { type: _, ...header } = v.parse(binaryDownSchema, decoded.header);
  return { ...header, binary: base64(decoded.bytes) };
}
