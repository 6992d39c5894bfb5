import type { RoomLog } from "../log/log.ts";
import { logMessages } from "../log/segment.ts";
import type { RoomModule } from "../modules.ts";
import type { Flush } from "../publish/flush.ts";
import { PendingOperation } from "../publish/pending-message.ts";
import { PendingPost } from "../publish/pending-post.ts";
import type { MessageForms } from "./message-forms.ts";

/** A stream that nothing was appended to for this long ends as incomplete: milliseconds. */
const GRACE_MS = 30_000;

type Parts = { log: RoomLog; forms: MessageForms; flush: Flush };

/** Ends the streams of publishers that are gone, in the name of their authors. */
export class StreamGrace implements RoomModule {
  readonly name = "stream grace";
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  nextRunAt(): number | undefined {
    const { forms } = this.#parts;
    if (!forms.exist || forms.openStreams.size === 0) return undefined;
    return Math.min(...forms.openStreams.values()) + GRACE_MS;
  }

  run(now: number): void {
    const { forms } = this.#parts;
    if (!forms.exist) return;
    for (const [target, changedAt] of [...forms.openStreams]) {
      if (changedAt + GRACE_MS > now) continue;
      // It is tried again where the end cannot be stored.
      forms.openStreams.set(target, now);
      this.#end(target);
    }
  }

  #end(target: number): void {
    const { log, flush } = this.#parts;
    const segment = log.segmentOf(target);
    const message = segment && logMessages(segment).find(({ seq }) => seq === target);
    if (message === undefined) return;
    const { from: member, name } = message;
    const id = crypto.randomUUID();
    const by = new PendingPost({ member, name, author: undefined }, [id], () => log.epoch);
    flush.add(new PendingOperation(by, id, { op: "append", target, end: "incomplete" }, '""'));
  }
}
