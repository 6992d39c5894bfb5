import { signal } from "@preact/signals";
import { describe, expect, test } from "vitest";
import type { ChatMessage } from "../../../src/app/chat/chat-message.ts";
import { ComposeMode } from "../../../src/app/chat/compose-mode.ts";
import { followReply } from "../../../src/app/chat/follow-reply.ts";
import { MessageJump } from "../../../src/app/chat/message-jump.ts";
import { message } from "./fixtures.ts";

describe("followReply", () => {
  test("[PAGE-16] an unsent answer quotes its source as it is now, and nothing of a deleted one", () => {
    const messages = signal<readonly ChatMessage[]>([message(1), message(2)]);
    const mode = new ComposeMode();
    const jump = new MessageJump(messages, signal(undefined), async () => undefined);
    const change = (content: ChatMessage["content"]) => {
      messages.value = [message(1), { ...message(2), content }];
    };
    mode.current.value = { kind: "reply", reply: { seq: 2, name: "a", text: "2" } };
    const stop = followReply({ mode, jump });
    const quote = () => mode.current.value?.kind === "reply" && mode.current.value.reply;
    change({ kind: "text", text: "edited" });
    expect(quote()).toEqual({ seq: 2, name: "a", text: "edited" });
    change({ kind: "deleted" });
    expect(quote()).toEqual({ seq: 2, name: "a", text: "" });
    // Of a message that is not loaded, the page knows no more than before.
    messages.value = [message(1)];
    expect(quote()).toEqual({ seq: 2, name: "a", text: "" });
    stop();
    change({ kind: "text", text: "later" });
    expect(quote()).toEqual({ seq: 2, name: "a", text: "" });
  });
});
