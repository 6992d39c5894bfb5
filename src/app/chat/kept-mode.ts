import { effect } from "@preact/signals";
import { loadJson, save } from "../browser-storage.ts";
import type { ChatStore } from "./chat-store.ts";
import { parseReply } from "./reply.ts";

/**
 * Keeps what the message box is for over a reload and a change of room: the answered message, or the text of an edit. Call it once the
 * messages are loaded.
 * @returns a function that ends that
 */
export function keepMode(store: ChatStore): () => void {
  const { current } = store.mode;
  const key = `dormouse.mode ${store.roomName}`;
  if (current.peek() === undefined) restore(store, loadJson(key, "sessionStorage"));
  return effect(() => {
    const mode = current.value;
    const kept = mode?.kind === "edit" ? { seq: mode.message.seq, text: mode.text } : mode;
    save(key, kept === undefined ? "" : JSON.stringify(kept), "sessionStorage");
  });
}

function restore(store: ChatStore, stored: unknown): void {
  if (typeof stored !== "object" || stored === null) return;
  const { seq, text, reply } = stored as Record<string, unknown>;
  const parsed = parseReply(reply);
  if (parsed !== undefined) store.mode.setReply(parsed);
  if (typeof seq !== "number" || typeof text !== "string") return;
  const message = store.jump.find(seq);
  if (message !== undefined) store.mode.edit(message);
  const mode = store.mode.current.peek();
  if (mode?.kind === "edit") store.mode.current.value = { ...mode, text };
  // The message is not there to be edited. The text must not go with it.
  else store.draft.prepend(text);
}
