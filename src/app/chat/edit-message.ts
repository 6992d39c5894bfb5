import { type ChatMessage, editableText } from "./chat-message.ts";
import type { ChatStore } from "./chat-store.ts";
import { mentionsOf } from "./mentions.ts";
import { editMessage } from "./operations.ts";

type EditedMessage = { message: ChatMessage; isGone?: boolean };

/** Whether the user may edit and delete a message. */
export function canChange(store: ChatStore, { from, content }: ChatMessage): boolean {
  const isAllowed = from === store.selfId.value || store.canModerate.value;
  return isAllowed && store.canPublish.value && content.kind !== "deleted";
}

/** Edits the user's last message, if one is loaded. */
export function editLast(store: ChatStore): void {
  const last = store.messages.value.findLast(
    (message) => message.from === store.selfId.value && editableText(message) !== undefined,
  );
  if (last !== undefined) store.mode.edit(last);
}

/** Whether the message that the user edits is no longer there. */
export function isEditGone(store: ChatStore, { message, isGone }: EditedMessage): boolean {
  return isGone === true || store.jump.find(message.seq)?.content.kind === "deleted";
}

/** Whether somebody else, or another tab, has changed the message that the user edits. */
export function isEditOutdated(store: ChatStore, { message }: EditedMessage): boolean {
  const current = store.jump.find(message.seq);
  return current !== undefined && editableText(current) !== editableText(message);
}

/** Saves the text of the message that the user edits. If that fails, the text stays in the message box. */
export async function saveEdit(store: ChatStore, text: string): Promise<void> {
  const { current } = store.mode;
  const mode = current.value;
  if (mode?.kind !== "edit" || mode.isSaving) return;
  const { message } = mode;
  if (isEditGone(store, mode)) {
    current.value = undefined;
    store.send(text, message.reply);
    return;
  }
  const saving = { ...mode, text, isSaving: true };
  current.value = saving;
  const edited = store.jump.find(message.seq) ?? message;
  const mentions = store.mode.mentionsIn?.(text, mentionsOf(edited.data)) ?? mentionsOf(edited.data);
  const code = await editMessage(store, edited, text, mentions);
  // Meanwhile the user may have cancelled, and may edit another message.
  if (current.value !== saving) return;
  current.value = code === undefined ? undefined : { ...mode, text, isGone: code === "invalid_target" };
}
