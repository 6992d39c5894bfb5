import type { Message } from "../../protocol/down.ts";

/**
 * A row with `parts` holds the appends of several flushes as one message for each target. `parts` lists the appends in the order of their
 * seqs, each as `<index of its message>:<UTF-16 code units of its text>`, so that the row can be cut after any of them.
 */
type Part = readonly [index: number, length: number];

export function encodeParts(parts: readonly Part[]): string {
  return parts.map(([index, length]) => `${index}:${length}`).join(",");
}

export function decodeParts(text: string): Part[] {
  return text.split(",").map((part): Part => {
    const [index = 0, length = 0] = part.split(":").map(Number);
    return [index, length];
  });
}

/** The rest of the messages after the first `count` appends. A message with no rest is left out. */
export function partsAfter(
  messages: readonly Message[],
  parts: string,
  count: number,
): { messages: Message[]; parts: string } {
  const all = decodeParts(parts);
  const consumed = messages.map(() => 0);
  for (const [index, length] of all.slice(0, count)) consumed[index] = (consumed[index] ?? 0) + length;
  const rest = all.slice(count);
  const isLeft = messages.map((_, i) => rest.some(([index]) => index === i));
  const newIndex = messages.map((_, i) => isLeft.slice(0, i).filter(Boolean).length);
  return {
    messages: messages
      .filter((_, i) => isLeft[i])
      .map((message) => withoutBegin(message, consumed[messages.indexOf(message)] ?? 0)),
    parts: encodeParts(rest.map(([index, length]): Part => [newIndex[index] ?? 0, length])),
  };
}

/** An append without the first part of its text. One whose target was deleted has no text. */
function withoutBegin(message: Message, length: number): Message {
  const { data, offset = 0 } = message;
  return typeof data === "string"
    ? { ...message, data: data.slice(length), offset: offset + length }
    : message;
}
