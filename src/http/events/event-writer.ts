import * as v from "valibot";
import { toBase64 } from "../../protocol/base64.ts";
import { decodeBinary } from "../../protocol/binary.ts";
import {
  binaryDownSchema,
  byeSchema,
  type HistoryMessage,
  markSchema,
  messagesSchema,
  welcomeSchema,
} from "../../protocol/down.ts";

/** Of what a room sends, what a follower is told. */
const told = v.variant("type", [welcomeSchema, messagesSchema, markSchema, byeSchema]);

type Asked = { cursor: string | undefined; history: number };

/** Turns the frames of a `dormouse.v1` socket into events (HTML Standard, section 9.2.6). */
export class EventWriter {
  readonly #asked: Asked;
  #epoch = "";
  /** The seq up to which a follower has all that it asked for. */
  seq = 0;

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  /** The text of the events that a frame makes: none, one or many; or the mark that it is. */
  read(frame: string | ArrayBuffer): { events: string; mark?: string } {
    if (typeof frame !== "string") return { events: this.#message(binaryMessage(frame)) };
    const parsed = v.safeParse(told, JSON.parse(frame));
    if (!parsed.success) return { events: "" };
    const down = parsed.output;
    return down.type === "mark" ? { events: "", mark: down.mark } : { events: this.#events(down) };
  }

  #events(down: Exclude<v.InferOutput<typeof told>, { type: "mark" }>): string {
    switch (down.type) {
      case "welcome":
        this.#epoch = down.epoch;
        this.seq = this.#start(down);
        return this.#position(down);
      case "messages": {
        const { first, at, messages } = down;
        return messages.map((message, i) => this.#message({ seq: first + i, at, ...message })).join("");
      }
      case "bye": {
        const { code, retry, after } = down;
        return `${after > 0 ? `retry: ${after}\n` : ""}event: bye\ndata: ${JSON.stringify({ code, retry })}\n\n`;
      }
    }
  }

  /** Where the follower begins. What is owed has not come yet, so its own id is that of what it has. */
  #position({ epoch, seq, resumed, reason }: v.InferOutput<typeof welcomeSchema>): string {
    const { cursor, history } = this.#asked;
    const id = resumed ? cursor : history === 0 || seq === 0 ? `${epoch}.${seq}` : undefined;
    const data = { epoch, seq, resumed, ...(reason === undefined ? {} : { reason }) };
    const name = reason === undefined ? "position" : "reset";
    return `${id === undefined ? "" : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #start({ seq, resumed }: v.InferOutput<typeof welcomeSchema>): number {
    const { cursor = "", history } = this.#asked;
    return resumed ? Number(cursor.slice(cursor.lastIndexOf(".") + 1)) : Math.max(0, seq - history);
  }

  #message(message: HistoryMessage): string {
    this.seq = message.seq;
    return `id: ${this.#epoch}.${message.seq}\ndata: ${JSON.stringify(message)}\n\n`;
  }
}

function binaryMessage(frame: ArrayBuffer): HistoryMessage {
  const decoded = decodeBinary(frame);
  if (!decoded.ok) throw new Error(`A room sent a binary frame that cannot be read: ${decoded.why}`);
  const { type: _, ...header } = v.parse(binaryDownSchema, decoded.header);
  return { ...header, binary: toBase64(decoded.bytes) };
}
