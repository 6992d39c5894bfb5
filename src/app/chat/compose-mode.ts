import { signal } from "@preact/signals";
import { type ChatMessage, editableText, summaryOf } from "./chat-message.ts";
import { type Reply, toReply } from "./reply.ts";

/** A use of the message box other than a new message: an answer, or another text of a message. */
type Mode =
  | { kind: "reply"; reply: Reply }
  | {
      kind: "edit";
      message: ChatMessage;
      /** The text in the message box. The draft stays what it was. */
      text: string;
      isSaving?: boolean;
      /** Whether the service said that it no longer has the message. */
      isGone?: boolean;
    };

/** The use of a room's message box at present. */
export class ComposeMode {
  readonly current = signal<Mode | undefined>(undefined);
  /** The members that a text mentions, once the page can tell. @param before those of the text that an edit replaces */
  mentionsIn: ((text: string, before?: readonly string[]) => readonly string[]) | undefined;

  reply({ seq, name, content }: ChatMessage): void {
    this.setReply(toReply(seq, name, summaryOf(content)));
  }

  setReply(reply: Reply | undefined): void {
    this.current.value = reply && { kind: "reply", reply };
    focusMessageBox();
  }

  edit(message: ChatMessage): void {
    const text = editableText(message);
    if (text === undefined) return;
    this.current.value = { kind: "edit", message, text };
    focusMessageBox();
  }

  cancel(): void {
    this.current.value = undefined;
    focusMessageBox();
  }
}

function focusMessageBox(): void {
  document.getElementById("text")?.focus();
}
