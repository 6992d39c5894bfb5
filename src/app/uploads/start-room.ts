import type { ChatStore } from "../chat/chat-store.ts";
import { keepMode } from "../chat/kept-mode.ts";
import { showUploads } from "./upload-list.tsx";

/**
 * Starts what a room needs once its messages are loaded.
 * @returns a function that ends it
 */
export function startRoom(store: ChatStore): () => void {
  const ends = [keepMode(store), showUploads(store)];
  return () => {
    for (const end of ends) end();
  };
}
