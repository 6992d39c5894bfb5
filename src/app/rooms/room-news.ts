import type { ConnectionState, CoreRoom, RoomMessage } from "../../client/core.ts";
import { contentOfBytes, contentOfData, summaryOf } from "../chat/chat-message.ts";
import { displayName } from "../format/display-name.ts";
import { isWorthNotifying } from "./notification-rules.ts";
import { isNotifying, notificationChoice, notify } from "./notifications.ts";
import { isCounted, isMention } from "./room-count.ts";
import { roomSettings } from "./room-settings.ts";

/**
 * Notifies of the messages of a room that arrive from now on. What the room had at the first welcome is no news: the page was opened
 * after it. What arrived while the connection was down is.
 * @returns a function that ends that
 */
export function followNews(room: CoreRoom): () => void {
  let start: { epoch: string; seq: number } | undefined;
  const onState = (state: ConnectionState) => {
    if (state.status === "live" && start?.epoch !== state.welcome.epoch) start = state.welcome;
  };
  onState(room.state);
  const ends = [
    room.on("state", onState),
    room.on("message", (message) => {
      if (start !== undefined && message.seq > start.seq) onNews(room, message);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function onNews({ name: room, state }: CoreRoom, message: RoomMessage): void {
  if (state.status !== "live" || !isNotifying.peek()) return;
  const { member, epoch } = state.welcome;
  if (!isCounted(message, member)) return;
  const mentioned = isMention(message, member);
  if (!isWorthNotifying(notificationChoice.peek(), roomSettings.peek().muted.has(room), mentioned)) return;
  const { seq, bytes, data } = message;
  const text = summaryOf(bytes === undefined ? contentOfData(data) : contentOfBytes(bytes));
  const name = displayName(message.name);
  notify({ room, epoch, seq, name, text, isMention: mentioned, count: 1 });
}
