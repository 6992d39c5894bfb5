import { RoomError, type Timeline } from "../../client/core.ts";

/** The most messages that the service returns at a time. */
const PAGE_SIZE = 1000;

/** Loads pages until the timeline holds the message. Resolves with an error if the room does not have it. */
export async function loadAround<Message>(
  timeline: Pick<Timeline<Message>, "getSnapshot" | "loadOlder" | "loadNewer">,
  target: number,
): Promise<RoomError | undefined> {
  let before: object | undefined;
  for (;;) {
    const snapshot = timeline.getSnapshot();
    const seqs = snapshot.messages.flatMap(({ seq, at }) => (at === undefined ? [] : (seq ?? [])));
    if (seqs.includes(target)) return undefined;
    const isOlder = target < (seqs[0] ?? Infinity);
    const hasPage = isOlder ? snapshot.hasOlder : target > (seqs.at(-1) ?? 0) && snapshot.hasNewer;
    if (!hasPage || snapshot === before) return new RoomError("invalid_target", "The message is gone.");
    before = snapshot;
    await (isOlder ? timeline.loadOlder(PAGE_SIZE) : timeline.loadNewer(PAGE_SIZE));
  }
}
