import { DormouseError } from "../../protocol/codes.ts";
import { frameSize } from "../../protocol/text.ts";
import type { Removal, RemovalQuery } from "../../rpc/data-calls.ts";
import { type Outcome, refused } from "../../rpc/outcome.ts";
import type { FileRemoval } from "../files/file-removal.ts";
import type { Bans } from "../limits/bans.ts";
import type { RoomLog } from "../log/log.ts";
import { logMessages, type Segment } from "../log/segment.ts";
import type { FormRows } from "../operations/form-rows.ts";
import type { OwnerCalls } from "../owner-calls.ts";
import type { Flush } from "../publish/flush.ts";
import type { RpcCalls } from "../rpc-calls.ts";

/** The bounds of one call: messages or reactions to remove, and bytes of the log to look through. */
const MAX_REMOVED = 500;
const MAX_SCANNED = 16 * 1024 * 1024;

/** Operations that are stored together. */
const TOGETHER = 50;

type Parts = {
  log: RoomLog;
  rows: FormRows;
  flush: Flush;
  bans: Bans;
  calls: RpcCalls;
  owner: OwnerCalls;
  files: Pick<FileRemoval, "dropUploadsOf">;
};

/** Removes what the room holds of a member, part by part. To do it again removes nothing more. */
export class MemberRemoval {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async remove({ member, after }: RemovalQuery): Promise<Outcome<Removal>> {
    const { bans, calls, flush, owner, rows, files } = this.#parts;
    const ban = bans.until(member, Date.now()) !== undefined;
    const { kicked: sockets } = calls.kick(member, 0);
    // The last messages of the member are in the log first.
    flush.flushNow();
    files.dropUploadsOf(member);
    const removal = { messages: 0, reactions: 0, sockets, ban };
    try {
      const { seqs, next } = this.#messagesOf(member, after);
      removal.messages = await eachTogether(seqs, (seq) => owner.fromOutside(() => owner.delete(seq)));
      if (next !== undefined) return { value: { ...removal, next } };
      const reactions = rows.reactionsOf(member, MAX_REMOVED);
      removal.reactions = await eachTogether(reactions, ({ target, key }) =>
        owner.fromOutside(() => owner.unreact(target, key, { from: member })),
      );
      const isPart = reactions.length === MAX_REMOVED;
      return { value: isPart ? { ...removal, next: this.#parts.log.last } : removal };
    } catch (error) {
      if (error instanceof DormouseError) return refused(error);
      throw error;
    }
  }

  /** Messages of the member after a seq. `next`: up to where it looked, if not to the end. */
  #messagesOf(member: string, after: number): { seqs: number[]; next?: number } {
    const seqs: number[] = [];
    const author = `"from":${JSON.stringify(member)}`;
    let bytes = 0;
    for (const segment of this.#parts.log.after(after)) {
      if (seqs.length >= MAX_REMOVED || bytes > MAX_SCANNED) return { seqs, next: segment.first - 1 };
      bytes += frameSize(segment.body);
      if (typeof segment.body === "string" && !segment.body.includes(author)) continue;
      seqs.push(...seqsBy(member, segment).filter((seq) => seq > after));
    }
    return { seqs };
  }
}

function seqsBy(member: string, segment: Segment): number[] {
  return logMessages(segment)
    .filter(({ op, from, deleted }) => op === undefined && from === member && deleted !== true)
    .map(({ seq }) => seq);
}

/** @returns how many had an effect. A message that is gone meanwhile has none */
async function eachTogether<Item>(
  items: readonly Item[],
  run: (item: Item) => Promise<{ dup: boolean }>,
): Promise<number> {
  let count = 0;
  for (let from = 0; from < items.length; from += TOGETHER) {
    const results = await Promise.allSettled(items.slice(from, from + TOGETHER).map(run));
    for (const result of results) {
      if (result.status === "fulfilled") count += result.value.dup ? 0 : 1;
      else if (!(result.reason instanceof DormouseError && result.reason.code === "invalid_target"))
        throw result.reason;
    }
  }
  return count;
}
