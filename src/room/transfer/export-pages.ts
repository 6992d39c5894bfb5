import { DormouseError } from "../../protocol/codes.ts";
import type { HistoryMessage } from "../../protocol/down.ts";
import { HISTORY_LIMIT } from "../../protocol/limits.ts";
import type { ExportedMessage } from "../../protocol/transfer.ts";
import type { ExportPage, ExportQuery } from "../../rpc/data-calls.ts";
import { type Outcome, refused } from "../../rpc/outcome.ts";
import type { ReadLimiter } from "../limits/read-limiter.ts";
import type { RoomLog } from "../log/log.ts";
import type { FormRows } from "../operations/form-rows.ts";
import type { History } from "../operations/history.ts";

type Parts = { log: RoomLog; history: History; rows: FormRows; reads: ReadLimiter };

/** Reads the log page by page for an export: messages in their current form, with all that an import needs of them. */
export class ExportPages {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  page({ after, upTo, epoch, rateKey }: ExportQuery): Outcome<ExportPage> {
    const { log, history, reads } = this.#parts;
    const now = Date.now();
    const refusal = reads.take(rateKey, now);
    if (refusal !== undefined) return refused(refusal);
    if (epoch !== undefined && epoch !== log.epoch)
      return refused(
        new DormouseError("epoch_changed", "The room was erased during the export. Start again."),
      );
    const range = history.rangeAfter(after, HISTORY_LIMIT.max);
    const end = upTo ?? log.last;
    const messages = history.page(range).filter(({ seq }) => seq <= end);
    const lines = messages.map((message) => `${JSON.stringify(this.#exported(message))}\n`).join("");
    reads.chargeAnswer(rateKey, lines.length, now);
    const more = range.more && range.last > 0 && range.last < end;
    return {
      value: { epoch: log.epoch, seq: log.last, floor: log.floor, last: range.last, more, lines },
    };
  }

  #exported({ stream, reactions, ...message }: HistoryMessage): ExportedMessage {
    return {
      ...message,
      // A stream that has not ended is not whole, and nobody goes on with it elsewhere.
      ...(stream === undefined ? {} : { stream: "incomplete" as const }),
      ...(reactions === undefined ? {} : { reactions: this.#allMembers(message.seq, reactions) }),
    };
  }

  /** History lists some of the members of a reaction. */
  #allMembers(
    seq: number,
    reactions: NonNullable<HistoryMessage["reactions"]>,
  ): NonNullable<ExportedMessage["reactions"]> {
    return Object.fromEntries(
      Object.entries(reactions).map(([key, { count, members }]) => {
        if (count === members.length) return [key, { count, members }];
        const all = [...new Set([...members, ...this.#parts.rows.membersWith(seq, key)])];
        return [key, { count: all.length, members: all }];
      }),
    );
  }
}
