import { DormouseError } from "./errors.ts";
import { HISTORY_LIMIT } from "./limits.ts";
import type { HistoryQuery, RoomApi, StoredMessage } from "./room-api.ts";

/**
 * Reads a room's history page by page: the messages after a seq, oldest first; or those before one, newest first. It holds one page.
 * @throws DormouseError `invalid_query`; `epoch_changed` where the room was erased after the first page
 */
export async function* historyMessages<Message>(
  room: Pick<RoomApi<Message>, "history">,
  { before, after, limit = HISTORY_LIMIT.max }: HistoryQuery,
): AsyncGenerator<StoredMessage<Message>, void, undefined> {
  if (before !== undefined && after !== undefined)
    throw new DormouseError("invalid_query", "Ask for messages before a seq or after one, not both.");
  const isBackward = before !== undefined;
  let position = before ?? after ?? 0;
  let epoch: string | undefined;
  for (;;) {
    const page = await room.history(isBackward ? { before: position, limit } : { after: position, limit });
    epoch ??= page.epoch;
    if (page.epoch !== epoch)
      throw new DormouseError(
        "epoch_changed",
        "The room was erased while its history was read. Start again.",
      );
    const messages = isBackward ? page.messages.toReversed() : page.messages;
    yield* messages;
    const last = messages.at(-1);
    if (last === undefined || !page.more) return;
    position = last.seq;
  }
}
