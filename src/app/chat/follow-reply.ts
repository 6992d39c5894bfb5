import { effect } from "@preact/signals";
import { summaryOf } from "./chat-message.ts";
import type { ChatStore } from "./chat-store.ts";
import { toReply } from "./reply.ts";

/**
 * Keeps the quote of an unsent answer in line with its source. Otherwise the answer would publish a text again that was deleted meanwhile.
 * @returns a function that ends that
 */
export function followReply({ mode: { current }, jump }: Pick<ChatStore, "mode" | "jump">): () => void {
  return effect(() => {
    const mode = current.value;
    const source = mode?.kind === "reply" ? jump.find(mode.reply.seq) : undefined;
    if (mode?.kind !== "reply" || source === undefined) return;
    const reply = toReply(source.seq, source.name, summaryOf(source.content));
    if (reply.text !== mode.reply.text) current.value = { kind: "reply", reply };
  });
}
