import { describe, expect, test } from "vitest";
import { parseMarkdown } from "../../../src/app/markdown/parse-markdown.ts";
import { formatBlocks } from "./format-tree.ts";

const FENCE = "```";

describe("parseMarkdown", () => {
  test.each([
    ["plain text", "p[plain text]"],
    ["a *little* louder", "p[a emphasis[little] louder]"],
    ["_so_ and **so** and ~~not so~~", "p[emphasis[so] and strong[so] and strikethrough[not so]]"],
    ["**use `npm`**", "p[strong[use code[npm]]]"],
    ["`a *b* c` ``d``", "p[code[a *b* c] code[d]]"],
    ["snake_case_name and \\*x\\*", "p[snake_case_name and *x*]"],
    ["one\ntwo\n\nthree", "p[one\ntwo] p[three]"],
    ["# Title\n#### Part", "h1[Title] h4[Part]"],
    ["#room and # not", "p[#room and # not]"],
    ["- a\n  - b\n- c", "ul[p[a] ul[p[b]]; p[c]]"],
    ["3. three\n4. four", "ol3[p[three]; p[four]]"],
    ["- [x] done\n- [ ] open", "ul[x p[done]; o p[open]]"],
    ["> a\n> > b\nanswer", "quote[p[a] quote[p[b]]] p[answer]"],
    ["a\n---\nb", "p[a] rule p[b]"],
    ["| a | b |\n|---|---|\n| *1* | 2 |", "table+head[a|b; emphasis[1]|2]"],
    [`${FENCE}js\nlet a;\n\nlet b;\n${FENCE}`, "code(js)[let a;\n\nlet b;]"],
    [`${FENCE}\nnot closed yet`, "code()[not closed yet]"],
    ["    two\n    lines", "code()[two\nlines]"],
    ["    one line", "p[    one line]"],
    ["<b>x</b> &amp;\n<div>\n<!-- y -->", "p[<b>x</b> &amp;\n<div>\n<!-- y -->]"],
    ["[a]: https://x.y\n[a]", "p[[a]: https://x.y\n[a]]"],
    ["**注意：**请看", "p[strong[注意：]请看]"],
    ["好~我来~了", "p[好~我来~了]"],
    ["https://a.b/_x_ **https://c.d/e**", "p[https://a.b/_x_ strong[https://c.d/e]]"],
    ["*see* www.a.b/_x_", "p[emphasis[see] www.a.b/_x_]"],
  ])("[PAGE-20] parses %j as %j", (text, expected) => {
    expect(formatBlocks(parseMarkdown(text))).toBe(expected);
  });

  test.each([
    ["a sheet", "Here:\nA\tB\nC\tD\nend", "p[Here:] table[A|B; C|D] p[end]"],
    ["a sheet with rows of several lengths", "a\tb\nc\td\te", "code()[a\tb\nc\td\te]"],
    ["aligned columns", "NAME   READY\nweb-1  1/1", "code()[NAME   READY\nweb-1  1/1]"],
    ["framed columns", "| a | b |\n| c | d |", "code()[| a | b |\n| c | d |]"],
    ["sentences with two spaces", "One.  Two\nThree and.  Four", "p[One.  Two\nThree and.  Four]"],
    ["a tab in one line", "a\tb", "p[a\tb]"],
  ])("[PAGE-20] keeps the columns of pasted rows: %s", (_, text, expected) => {
    expect(formatBlocks(parseMarkdown(text))).toBe(expected);
  });

  test.each([
    ["[site](https://a.b/c)", "p[link(https://a.b/c)[site]]"],
    ["[*site*](https://a.b)", "p[link(https://a.b/)[emphasis[site]]]"],
    ["[mail](mailto:ada@a.b)", "p[link(mailto:ada@a.b)[mail]]"],
    ["![cat](https://a.b/cat.png)", "p[link(https://a.b/cat.png)[cat]]"],
    ["![](https://a.b/cat.png)", "p[link(https://a.b/cat.png)[https://a.b/cat.png]]"],
    ["[a.b/login](https://www.a.b/)", "p[link(https://www.a.b/)[a.b/login]]"],
    ["[bank.example](https://evil.example)", "p[link(https://evil.example/)[bank.example at evil.example]]"],
    [
      "[log in at Bank\u3002Example](https://evil.example)",
      "p[link(https://evil.example/)[log in at Bank\u3002Example at evil.example]]",
    ],
    [
      "[ba\u200bnk.ex\u202eample](https://evil.example)",
      "p[link(https://evil.example/)[ba\u200bnk.ex\u202eample at evil.example]]",
    ],
    [
      "[ada@bank.example](mailto:eve@evil.example)",
      "p[link(mailto:eve@evil.example)[ada@bank.example at evil.example]]",
    ],
    ["[a](https://bank.example@evil.example)", "p[[a](https://bank.example@evil.example)]"],
  ])("[PAGE-20] links %j as %j", (text, expected) => {
    expect(formatBlocks(parseMarkdown(text))).toBe(expected);
  });

  test.each([
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](java&Tab;script:alert(1))",
    "[a](<javascript:alert(1)>)",
    "[a](\u0001javascript:alert(1))",
    "![a](javascript:alert(1))",
    "<javascript:alert(1)>",
    "[a](data:text/html,<b>)",
    "[a](vbscript:x)",
    "[a](file:///etc/passwd)",
    "[a](//evil.example)",
    "[a](/v1/rooms/x)",
  ])("[PAGE-20] makes no link of %j", (text) => {
    expect(formatBlocks(parseMarkdown(text))).not.toContain("link(");
  });

  test("[PAGE-20] leaves the Markdown in a mentioned name as it is", () => {
    expect(formatBlocks(parseMarkdown("@*star* and @a_b_ *x*", ["@*star*", "@a_b_"]))).toBe(
      "p[@*star* and @a_b_ emphasis[x]]",
    );
  });
});
