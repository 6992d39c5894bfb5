import { RoomError } from "../../client/core.ts";
import { type ChatMessage, type TextData, withText } from "./chat-message.ts";
import type { ChatStore } from "./chat-store.ts";

/** @returns the code of the error, if it failed */
export function editMessage(
  store: ChatStore,
  message: ChatMessage,
  text: string,
  mentions: readonly string[],
): Promise<string | undefined> {
  return publish(store, { op: "edit", target: message.seq }, withText(message.data, text, mentions));
}

/** @returns the code of the error, if it failed */
export function deleteMessage(store: ChatStore, { seq }: ChatMessage): Promise<string | undefined> {
  return publish(store, { op: "delete", target: seq });
}

/** Whether the user wants a reaction, by store and reaction, while the service is asked for it. */
const wishes = new WeakMap<ChatStore, Map<string, boolean>>();

/** Adds a reaction, or takes it back. Of many clicks, at most one is on its way, and the last one counts. */
export async function toggleReaction(
  store: ChatStore,
  { seq, reactions }: ChatMessage,
  key: string,
): Promise<void> {
  const wished = wishes.get(store) ?? new Map<string, boolean>();
  wishes.set(store, wished);
  const id = `${seq} ${key}`;
  const isAsking = wished.has(id);
  let isSet = reactions !== undefined && Object.hasOwn(reactions, key) && reactions[key]?.mine === true;
  wished.set(id, !(wished.get(id) ?? isSet));
  if (isAsking) return;
  for (;;) {
    const wish = wished.get(id) === true;
    if (wish === isSet || (await publish(store, { op: wish ? "react" : "unreact", target: seq, key }))) break;
    isSet = wish;
  }
  wished.delete(id);
}

type Operation = { op: "edit" | "delete" | "react" | "unreact"; target: number; key?: string };

/** An operation without a connection fails at once: nobody would see later that it is still missing. */
async function publish(store: ChatStore, operation: Operation, data?: unknown): Promise<string | undefined> {
  const { room, actionError } = store;
  actionError.value = undefined;
  try {
    if (room?.state.status !== "live") throw new RoomError("offline", "");
    // The seq is one of the present log. After an erase it may be that of another message.
    await room.publish(data as TextData, { ...operation, epoch: room.cursor?.split(".")[0] });
    return undefined;
  } catch (error) {
    actionError.value = error as RoomError;
    return (error as RoomError).code;
  }
}
