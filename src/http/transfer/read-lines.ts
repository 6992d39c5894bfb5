import { DormouseError } from "../../protocol/errors.ts";

/** A line of a body, and its number from 1. */
export type Line = { text: string; number: number };

/**
 * Reads the lines of a body in UTF-8, one at a time. Empty lines are left out.
 * @throws DormouseError `too_big` for a longer line or body, `bad_json` where it is not UTF-8
 */
export async function* readLines(
  body: AsyncIterable<Uint8Array>,
  { line: maxLine, body: maxBody }: { line: number; body: number },
): AsyncGenerator<Line, void, undefined> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let total = 0;
  let number = 1;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > maxBody)
      throw new DormouseError("too_big", `The body is too big. Send at most ${maxBody} bytes.`);
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, end));
      checkLength(length + end - from, maxLine, number);
      const text = textOf(parts, number);
      if (text !== "") yield { text, number };
      [parts, length, from] = [[], 0, end + 1];
      number++;
    }
    parts.push(chunk.subarray(from));
    length += chunk.length - from;
    checkLength(length, maxLine, number);
  }
  const text = textOf(parts, number);
  if (text !== "") yield { text, number };
}

function checkLength(length: number, max: number, number: number): void {
  if (length <= max) return;
  throw new DormouseError("too_big", `Line ${number} is too long. A line has at most ${max} bytes.`);
}

function textOf(parts: readonly Uint8Array[], number: number): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: number > 1 });
  try {
    const texts = parts.map((part) => decoder.decode(part, { stream: true }));
    return (texts.join("") + decoder.decode()).trim();
  } catch {
    throw new DormouseError("bad_json", `Line ${number} is not UTF-8.`);
  }
}
