import type { Reaction } from "../frames.ts";
import { REACTION_MEMBERS } from "../limits.ts";
import type { RoomMessage } from "../message.ts";
import type { SentItem } from "./item.ts";

/**
 * Applies an operation to its target. Returns the same item where the operation changes nothing, or where the item holds its effect
 * already.
 * @param self the id of this member
 */
export function applyOperation<Message>(
  item: SentItem<Message>,
  operation: RoomMessage<Message>,
  self: string,
): SentItem<Message> {
  const { seq: version, at, op, key = "", from } = operation;
  if (item.deleted || version <= (item.version ?? 0)) return item;
  if (op === "delete") {
    const { data: _, bytes: __, edited: ___, reactions: ____, stream: _____, ...rest } = item;
    return { ...rest, deleted: true, version };
  }
  if (op === "edit") {
    const { data: _, bytes: __, ...rest } = item;
    const { bytes, data } = operation;
    return { ...rest, ...(bytes ? { bytes } : { data: data as Message }), edited: at, version };
  }
  if (op === "append") {
    const data = appended(item.data, operation.data, operation.offset);
    if (data === undefined) return item;
    const { end } = operation;
    const ended = end && { stream: end === "complete" ? undefined : end };
    return { ...item, ...ended, data: data as Message, version };
  }
  const { reactions = {}, ...rest } = item;
  const changed = withReaction(reactions, key, from, from === self, op === "react");
  if (changed === reactions) return item;
  return Object.keys(changed).length > 0 ? { ...rest, reactions: changed, version } : { ...rest, version };
}

/** Appends a text to a string, or to the `text` of an object. Undefined where there is no text, or where a part before is missing. */
function appended(data: unknown, piece: unknown, offset: number | undefined): unknown {
  if (typeof data === "object" && data !== null && "text" in data) {
    const text = appended(data.text, piece, offset);
    return text === undefined ? undefined : { ...data, text };
  }
  if (typeof data !== "string" || typeof piece !== "string") return undefined;
  const overlap = data.length - (offset ?? data.length);
  return overlap < 0 ? undefined : data + piece.slice(overlap);
}

/** Adds or removes a reaction. Returns the same object where that changes nothing. */
function withReaction(
  reactions: Readonly<Record<string, Reaction>>,
  key: string,
  member: string,
  isSelf: boolean,
  isAdded: boolean,
): Readonly<Record<string, Reaction>> {
  const { count, members, mine } = (Object.hasOwn(reactions, key) && reactions[key]) || NO_REACTION;
  const isListed = isSelf ? !!mine : members.includes(member);
  // A member that is not listed may be one of those beyond the list.
  const isKnown = isListed || (!isAdded && !isSelf && count > members.length);
  if (isAdded ? isListed : !isKnown) return reactions;
  const { [key]: _, ...others } = reactions;
  const left = members.filter((id) => id !== member);
  if (isAdded) left.push(member);
  const reaction = {
    count: count + (isAdded ? 1 : -1),
    members: left.slice(0, REACTION_MEMBERS),
    mine: isSelf ? isAdded : !!mine,
  };
  return reaction.count > 0 ? { ...others, [key]: reaction } : others;
}

const NO_REACTION: Reaction = { count: 0, members: [], mine: false };
