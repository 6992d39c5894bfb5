import type { KnownMember } from "../../chat/known-members.ts";
import { canStartMention } from "../../chat/mention-names.ts";

const MAX_SHOWN = 8;
const MAX_QUERY = 64;

/** The text that the user types after an @: where the @ is, and the text from it to the caret. */
export type MentionQuery = { at: number; text: string };

/** The query at a caret. Undefined if there is no @ before it on its line, or the @ is part of a word. */
export function mentionQueryAt(text: string, caret: number): MentionQuery | undefined {
  const at = text.lastIndexOf("@", caret - 1);
  if (at === -1 || caret - at > MAX_QUERY || !canStartMention(text, at)) return undefined;
  const query = text.slice(at + 1, caret);
  return /^\s|\n/.test(query) ? undefined : { at, text: query };
}

/** The members whose names fit: those that start with the query before those that have it in them, the latest authors first. */
export function candidatesFor(members: readonly KnownMember[], query: string): KnownMember[] {
  const wanted = query.toLowerCase();
  const starts = members.filter(({ name }) => name.toLowerCase().startsWith(wanted));
  const contains = members.filter(
    (member) => !starts.includes(member) && member.name.toLowerCase().includes(wanted),
  );
  const found = [...starts, ...contains].slice(0, MAX_SHOWN);
  // With the whole name typed, Enter sends.
  return found.length === 1 && found[0]?.name === query ? [] : found;
}
