import { type CoreRoom, RoomError, type Timeline } from "../../client/core.ts";

/** The most messages that the service returns at a time. */
const PAGE_SIZE = 1000;
/** How long to wait where the service allows no more reads for a moment. */
const BUSY_MS = 2000;

/** Loads pages until the timeline holds the message. Resolves with an error if the room does not have it. */
export async function loadAround<Message>(
  room: Pick<CoreRoom<Message>, "history" | "cursor">,
  timeline: Pick<Timeline<Message>, "getSnapshot" | "loadOlder" | "loadNewer">,
  target: number,
): Promise<RoomError | undefined> {
  if (target < 1 || target > Number(room.cursor?.split(".")[1]))
    return new RoomError("no_message", "No message has this number.");
  const gone = new RoomError("invalid_target", "The message is gone.");
  // One message tells whether the pages up to there are of use.
  const [message] = (await room.history({ before: target + 1, limit: 1 })).messages;
  if (message?.seq !== target) return gone;
  let before: object | undefined;
  for (;;) {
    const snapshot = timeline.getSnapshot();
    const seqs = snapshot.messages.flatMap(({ seq, at }) => (at === undefined ? [] : (seq ?? [])));
    if (seqs.includes(target)) return undefined;
    const isOlder = target < (seqs[0] ?? Infinity);
    const hasPage = isOlder ? snapshot.hasOlder : target > (seqs.at(-1) ?? 0) && snapshot.hasNewer;
    if (!hasPage || snapshot === before) return gone;
    before = snapshot;
    await (isOlder ? timeline.loadOlder(PAGE_SIZE) : timeline.loadNewer(PAGE_SIZE)).catch(async (error) => {
      if (error.code !== "rate_limited") throw error;
      before = undefined;
      await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
    });
  }
}
