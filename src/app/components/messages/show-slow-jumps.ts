import { effect } from "@preact/signals";
import type { ChatStore } from "../../chat/chat-store.ts";
import { strings } from "../../i18n/index.ts";
import { notice } from "../../page-state.ts";

/** A jump that takes less time needs no words. */
const SLOW_MS = 700;

/** Says that a message from far above is being loaded, which takes seconds for thousands of messages. @returns a function that ends that */
export function showSlowJumps({ jump }: ChatStore): () => void {
  const text = () => strings.value.loadingOlder;
  return effect(() => {
    if (!jump.isLoading.value) return;
    const timer = setTimeout(() => {
      notice.value = text;
    }, SLOW_MS);
    return () => {
      clearTimeout(timer);
      if (notice.peek() === text) notice.value = undefined;
    };
  });
}
