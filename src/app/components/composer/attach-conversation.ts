import type { ChatStore } from "../../chat/chat-store.ts";
import { followReply } from "../../chat/follow-reply.ts";
import { keepMode } from "../../chat/kept-mode.ts";
import { showUploads } from "../../uploads/upload-list.tsx";
import { attachMentions } from "../mentions/attach-mentions.tsx";
import { showSlowJumps } from "../messages/show-slow-jumps.ts";

/** Starts the parts of a conversation that need its messages. @returns a function that ends it */
export function attachConversation(store: ChatStore): () => void {
  const input = document.getElementById("text");
  const ends = [
    keepMode(store),
    followReply(store),
    showSlowJumps(store),
    showUploads(store),
    ...(input instanceof HTMLTextAreaElement ? [attachMentions(input, store)] : []),
  ];
  return () => {
    for (const end of ends) end();
  };
}
