import { describe, expect, test } from "vitest";
import { isEmojiOnly, type MarkupNode, parseMarkup } from "../../../src/app/format/markup.ts";

/** The nodes as one readable line: `emphasis[…]`, `code[…]`, `link[…]`. */
function format(nodes: MarkupNode[]): string {
  return nodes
    .map((node) => {
      if (typeof node === "string") return node;
      if ("children" in node) return `${node.kind}[${format(node.children)}]`;
      return `${node.kind}[${node.text}]`;
    })
    .join("");
}

describe("parseMarkup", () => {
  test.each([
    ["plain text", "plain text"],
    ["a *little* louder", "a emphasis[little] louder"],
    ["_so_ and **so** and ~~not so~~", "emphasis[so] and strong[so] and strikethrough[not so]"],
    ["**all *of* it**", "**all emphasis[of] it**"],
    ["`a *b* c`", "code[a *b* c]"],
    ["so ```a *b*``` and ``c``", "so code[a *b*] and code[c]"],
    ["``a`", "`code[a]"],
    ["**use `npm`**", "strong[use code[npm]]"],
    ["snake_case_name and 2*3*4", "snake_case_name and 2*3*4"],
    ["* a list\n* of things", "* a list\n* of things"],
    ["see https://example.org/a_b_(c).", "see link[https://example.org/a_b_(c)]."],
    ["(https://example.org/x)", "(link[https://example.org/x])"],
    ["https://example.org。", "link[https://example.org]。"],
    ["请看https://a.b/x，然后「https://a.b/y」。", "请看link[https://a.b/x]，然后「link[https://a.b/y]」。"],
    ["（https://a.b/路径）", "（link[https://a.b/路径]）"],
    ["HTTP://EXAMPLE.COM/x", "link[HTTP://EXAMPLE.COM/x]"],
    ["https://x.y/\u202egnp.exe", "link[https://x.y/gnp.exe]"],
    ["https://\u0430pple.com:81/\u0430", "link[https://xn--pple-43d.com:81/\u0430]"],
    ["https://goo\uff47le.com", "link[https://google.com]"],
    ["https://ex%61mple.com/%61", "link[https://example.com/%61]"],
    ["http://[::1]:8080/x", "link[http://[::1]:8080/x]"],
    ["javascript:alert(1) data:text/html,x", "javascript:alert(1) data:text/html,x"],
    ["https://bank.example@evil.example/", "https://bank.example@evil.example/"],
    ["https://", "https://"],
    ["<b>x</b> &amp;", "<b>x</b> &amp;"],
    ["```js\nlet a;\n\nlet b;\n```", "codeBlock[let a;\n\nlet b;]"],
    ["before\n```\n*x*\n```\nafter", "beforecodeBlock[*x*]after"],
    ["```\nnever closed", "```\nnever closed"],
  ])("[PAGE-1] parses %j as %j", (text, expected) => {
    expect(format(parseMarkup(text))).toBe(expected);
  });

  test.each([
    "`",
    "*",
    "**",
    "_",
    "~~",
    "https://",
    "https://a)",
    "```\n",
    "```js\n",
    "*a ",
    "[",
    "https://a.(",
  ])("[PAGE-1] parses 256 kB of %j in under two seconds", (piece) => {
    const text = piece.repeat(262_144 / piece.length);
    const start = performance.now();
    parseMarkup(text);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe("isEmojiOnly", () => {
  test.each([
    ["😀", true],
    ["👍🏽 👨‍👩‍👧", true],
    ["❤️", true],
    ["1", false],
    ["😀 ok", false],
    ["😀😀😀😀", false],
    ["", false],
  ])("[PAGE-1] of %j is %j", (text, expected) => {
    expect(isEmojiOnly(text)).toBe(expected);
  });
});
