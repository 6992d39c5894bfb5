import { formatCursor } from "../../protocol/cursor.ts";
import { type Frame, sizeOf } from "../connection/transport.ts";
import { MAX_SHARED_LOG } from "../limits.ts";
import type { SeqRange } from "./channel.ts";

/** The latest frames with messages, so that a tab which missed some can be given them. Every tab keeps them, since any may lead next. */
export class FrameLog {
  epoch = "";
  /** The log holds everything after this seq, */
  from = 0;
  /** and up to this one. */
  to = 0;
  #frames: { last: number; data: Frame }[] = [];
  #size = 0;

  get cursor(): string | undefined {
    return this.epoch ? formatCursor(this.epoch, this.to) : undefined;
  }

  reset(epoch: string, seq: number): void {
    this.epoch = epoch;
    this.from = this.to = seq;
    this.#frames = [];
    this.#size = 0;
  }

  add({ epoch, first, last }: SeqRange, data: Frame): void {
    if (epoch !== this.epoch || first > this.to + 1) this.reset(epoch, first - 1);
    if (last <= this.to) return;
    this.#frames.push({ last, data });
    this.to = last;
    this.#size += sizeOf(data);
    while (this.#size > MAX_SHARED_LOG) {
      const dropped = this.#frames.shift();
      if (!dropped) return;
      this.#size -= sizeOf(dropped.data);
      this.from = dropped.last;
    }
  }

  /** The frames with messages after a seq. The first of them may hold older ones, too. */
  after(seq: number): Frame[] {
    return this.#frames.filter(({ last }) => last > seq).map(({ data }) => data);
  }
}
