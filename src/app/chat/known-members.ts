import { isBlank } from "../format/display-name.ts";
import { toPlainLine } from "../format/untrusted-text.ts";
import type { ChatMessage } from "./chat-message.ts";
import type { ChatStore } from "./chat-store.ts";

export type KnownMember = { id: string; name: string };

/** A member's name as a mention has it; undefined for a name that nobody could see. */
export function mentionName(name: string): string | undefined {
  const line = toPlainLine(name);
  return isBlank(line) ? undefined : line;
}

const authors = new WeakMap<readonly ChatMessage[], ReadonlyMap<string, readonly string[]>>();

/** The names under which each author wrote the loaded messages, newest first. */
function authorsOf(messages: readonly ChatMessage[]): ReadonlyMap<string, readonly string[]> {
  const known = authors.get(messages);
  if (known !== undefined) return known;
  const namesById = new Map<string, string[]>();
  for (let i = messages.length - 1; i >= 0; i--) {
    const { from, name } = messages[i] as ChatMessage;
    const names = namesById.get(from) ?? [];
    if (!names.includes(name)) names.push(name);
    namesById.set(from, names);
  }
  authors.set(messages, namesById);
  return namesById;
}

/** Those who wrote the loaded messages, the latest first, and the other members who are present. Names that nobody could see are left out. */
export function knownMembers(store: ChatStore): KnownMember[] {
  const nameById = new Map<string, string>();
  for (const [id, [name = ""]] of authorsOf(store.messages.peek())) nameById.set(id, name);
  for (const { member, name } of store.members.peek()) nameById.set(member, name);
  return [...nameById].flatMap(([id, name]) => {
    const shown = mentionName(name);
    return shown === undefined ? [] : [{ id, name: shown }];
  });
}

/** The ids of these members by each name that they have or had. */
export function idsByName(store: ChatStore, ids: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const authors = authorsOf(store.messages.peek());
  for (const id of ids) {
    const present = store.members.value.filter(({ member }) => member === id).map(({ name }) => name);
    for (const name of new Set([...present, ...(authors.get(id) ?? [])])) {
      const shown = mentionName(name);
      if (shown !== undefined) found.set(shown, [...(found.get(shown) ?? []), id]);
    }
  }
  return found;
}
