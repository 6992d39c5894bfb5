import { describe, expect, test } from "vitest";
import { isEmoji, type Node, parse } from "../../src/app/format/markup.ts";

/** The nodes as a line that can be read: `em[…]`, `code[…]`, `link[…]`. */
function shown(nodes: Node[]): string {
  return nodes
    .map((node) => {
      if (typeof node === "string") return node;
      if ("inside" in node) return `${node.kind}[${shown(node.inside)}]`;
      return `${node.kind}[${node.text}]`;
    })
    .join("");
}

describe("what people type", () => {
  test.each([
    ["plain text", "plain text"],
    ["a *little* louder", "a em[little] louder"],
    ["_so_ and **so** and ~~not so~~", "em[so] and strong[so] and struck[not so]"],
    ["**all *of* it**", "**all em[of] it**"],
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
    ["```js\nlet a;\n\nlet b;\n```", "block[let a;\n\nlet b;]"],
    ["before\n```\n*x*\n```\nafter", "beforeblock[*x*]after"],
    ["```\nnever closed", "```\nnever closed"],
  ])("[PAGE-1] %j is %j", (text, expected) => {
    expect(shown(parse(text))).toBe(expected);
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
  ])("[PAGE-1] of nothing but %j, 256 kB long, costs no more than its length", (piece) => {
    const text = piece.repeat(262_144 / piece.length);
    const began = performance.now();
    parse(text);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test.each([
    ["😀", true],
    ["👍🏽 👨‍👩‍👧", true],
    ["❤️", true],
    ["1", false],
    ["😀 ok", false],
    ["😀😀😀😀", false],
    ["", false],
  ])("[PAGE-1] %j: emoji alone is %j", (text, expected) => {
    expect(isEmoji(text)).toBe(expected);
  });
});
