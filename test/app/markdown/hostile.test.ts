import { describe, expect, test } from "vitest";
import { MAX_PARSED_CHARS, parseMarkdown } from "../../../src/app/markdown/parse-markdown.ts";

const PIECES = [
  ...[
    ">",
    "> ",
    "- ",
    "1. ",
    "- > ",
    "[",
    "![",
    "[](",
    "[a](",
    "]",
    "*",
    "*a ",
    "**a ",
    "_a ",
    "a**b",
    "*a_ ",
  ],
  ...[
    "`",
    "`a",
    "~~a ",
    "<",
    "<a ",
    "<!--",
    '<a href="',
    "&#x1",
    "|",
    " ",
    "\n",
    "\t",
    "\\",
    "a",
    "@",
    "a@b.",
  ],
  ...["https://", "# ", "```\n", "~~~\n", "[a]: b\n", "[a][b", "- a\n", "- [ ] a\n", "a\n", "a|b\n-|-\n"],
  ...[
    "> a\n",
    "<div>\n",
    "*[",
    "_*",
    "![[]()",
    "a\tb\n",
    "a  b\n",
    "a | b\n",
    "a  b\nab  c\n",
    "**中 ",
    "\u202e",
  ],
];

describe("parseMarkdown", () => {
  test.each(PIECES)("[PAGE-20] parses the longest text of only %j in under two seconds", (piece) => {
    const text = piece.repeat(MAX_PARSED_CHARS / piece.length);
    const start = performance.now();
    parseMarkdown(text);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test.each([
    ["emphasis in emphasis", `${"*a **b ".repeat(1400)}${"b** a*".repeat(1400)}`],
    ["lists by indentation", Array.from({ length: 135 }, (_, i) => `${"  ".repeat(i)}- a\n`).join("")],
    ["a wide table", `${"|a".repeat(4500)}|\n${"|-".repeat(4500)}|\n`],
    ["spaces before the last letter", `${" ".repeat(19_000)}x`],
  ])("[PAGE-20] parses %s in under two seconds", (_, text) => {
    const start = performance.now();
    parseMarkdown(text.slice(0, MAX_PARSED_CHARS));
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test("[PAGE-20] keeps what is nested too deep as text", () => {
    const tree = parseMarkdown(`${">".repeat(10_000)} deep`);
    expect(JSON.stringify(tree)).toContain(`${">".repeat(9000)}`);
    expect(JSON.stringify(tree).split("quote").length).toBeLessThan(20);
  });

  test("[PAGE-20] leaves a text that is too long, or has too many parts, without a tree", () => {
    expect(parseMarkdown("a ".repeat(MAX_PARSED_CHARS))).toBeUndefined();
    expect(parseMarkdown("|a".repeat(3000).concat("|\n", "|-".repeat(3000), "|\n"))).toBeUndefined();
  });
});
