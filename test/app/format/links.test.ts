import { describe, expect, test } from "vitest";
import { splitLinks } from "../../../src/app/format/links.ts";

/** The parts as one readable line: `link[…]`. */
const format = (text: string) =>
  splitLinks(text)
    .map((part) => (typeof part === "string" ? part : `link[${part.text}]`))
    .join("");

describe("splitLinks", () => {
  test.each([
    ["plain text", "plain text"],
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
    ["see www.example.org/a_b_(c).", "see link[www.example.org/a_b_(c)]."],
    ["WWW.EXAMPLE.COM，www.a.b", "link[WWW.EXAMPLE.COM]，link[www.a.b]"],
    ["www.\u0430pple.com/x", "link[www.xn--pple-43d.com/x]"],
    ["www.bank.example@evil.example/", "www.bank.example@evil.example/"],
    ["awww.that.is ada@www.example.org www. www.x", "awww.that.is ada@www.example.org www. www.x"],
    ["<b>x</b> &amp;", "<b>x</b> &amp;"],
  ])("[PAGE-1] splits %j as %j", (text, expected) => {
    expect(format(text)).toBe(expected);
  });

  test.each(["https://", "https://a)", "https://a.(", "http", "www.", "www.a", " www.a)"])(
    "[PAGE-1] splits 256 kB of %j in under two seconds",
    (piece) => {
      const text = piece.repeat(262_144 / piece.length);
      const start = performance.now();
      splitLinks(text);
      expect(performance.now() - start).toBeLessThan(2000);
    },
  );
});
