import { parseCursor } from "../../protocol/cursor.ts";
import type { CoreRoom } from "../core-room.ts";
import type { HistoryPage } from "../delivery/history-requests.ts";
import { RoomError } from "../error.ts";
import type { RoomMessage } from "../message.ts";
import type { MessageWindow, PageEnd } from "./window.ts";

type HistoryRoom<Message> = Pick<CoreRoom<Message>, "on" | "history" | "state" | "cursor">;

/**
 * Loads a page for the window. It waits for a connection, and asks again where the connection breaks before the answer.
 * @param extend is called with the page and the new edge of the window: see `MessageWindow.extend`
 */
export async function loadPage<Message>(
  room: HistoryRoom<Message>,
  window: MessageWindow<Message>,
  end: PageEnd,
  limit: number,
  extend: (messages: RoomMessage<Message>[], edge: number) => void,
): Promise<void> {
  while (await isLive(room)) {
    const { after, until } = window;
    const isDone = { older: after === 0, newer: until === Infinity, latest: false };
    if (isDone[end]) return;
    const page = await fetchPage(room, end, window, limit).catch(unlessClosed);
    if (!page) continue;
    // The window may have moved while the page was on its way.
    if (window.after !== after || window.until !== until) return;
    const first = page.more ? (page.messages[0]?.seq ?? 1) : 1;
    const last = until + limit < positionOf(room) ? until + limit : Infinity;
    extend(page.messages, end === "newer" ? last : first - 1);
    return;
  }
}

async function fetchPage<Message>(
  room: HistoryRoom<Message>,
  end: PageEnd,
  { after, until }: MessageWindow<Message>,
  limit: number,
): Promise<HistoryPage<Message>> {
  if (end === "latest") return room.history({ limit });
  if (end === "older") return room.history({ before: after + 1, limit });
  let messages: RoomMessage<Message>[] = [];
  let before = until + limit + 1;
  for (;;) {
    const page = await room.history({ before, limit });
    messages = [...page.messages, ...messages];
    before = messages[0]?.seq ?? 0;
    // The server cuts a page short that is heavy: its older part is missing.
    if (!page.more || before <= until + 1) return { messages, more: page.more };
  }
}

const positionOf = ({ cursor }: { cursor: string | undefined }): number => parseCursor(cursor)?.seq ?? 0;

/** A request that its connection took along is sent again. */
function unlessClosed(error: unknown): undefined {
  if (!(error instanceof RoomError) || error.code !== "closed") throw error;
}

/** Waits until the room is live; resolves with false where it is closed. */
function isLive<Message>(room: HistoryRoom<Message>): Promise<boolean> {
  return new Promise((resolve) => {
    const check = () => {
      const { status } = room.state;
      if (status !== "live" && status !== "closed") return;
      stop();
      resolve(status === "live");
    };
    const stop = room.on("state", check);
    check();
  });
}
