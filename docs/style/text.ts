import type { TextlintRuleReporter } from "@textlint/types";

type Handlers = ReturnType<TextlintRuleReporter>;
type Block = Parameters<NonNullable<Handlers["Paragraph"]>>[0];
type Content = Block["children"][number];

/**
 * Stands for inline code of the same length: it counts as one word, and no rule reads it. The capital lets code open a sentence. The
 * digits keep two adjacent pieces of code from looking like a doubled word.
 */
const standIn = ({ length }: string): string => "X".padEnd(length, "0");

/**
 * The prose of a paragraph, a heading or a table cell, without markup, link addresses and inline code.
 * It is as long as the block's source, so an offset in it is an offset in the block.
 *
 * @example proseOf(node) // "See `a` and *b*." → "See X00 and  b ."
 */
export function proseOf(block: Pick<Block, "range" | "raw" | "children">): string {
  const [start] = block.range;
  const characters = Array.from({ length: block.raw.length }, () => " ");
  const copy = (node: Content): void => {
    const from = node.range[0] - start;
    if (node.type === "Str" || node.type === "Code") {
      const text = node.type === "Code" ? standIn(node.raw) : node.raw.replaceAll(/\s/g, " ");
      for (let i = 0; i < text.length; i++) characters[from + i] = text[i] ?? " ";
    } else if ("children" in node) node.children.forEach(copy);
  };
  block.children.forEach(copy);
  return characters.join("");
}

export type Sentence = { text: string; offset: number };

/** The sentences of `prose`, each with its offset. */
export function sentencesOf(prose: string): Sentence[] {
  const segments = new Intl.Segmenter("en", { granularity: "sentence" }).segment(prose);
  return [...segments].map(({ segment, index }) => {
    const text = segment.trimStart();
    return { text: text.trimEnd(), offset: index + segment.length - text.length };
  });
}

/** Counts the words of `text`, separated by spaces. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
