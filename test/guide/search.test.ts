import { beforeAll, describe, expect, test } from "vitest";
import { type Found, makeSearch, wordsOf } from "../../src/guide/browser/search-index.ts";
import { buildGuide } from "../../src/guide/site.ts";

let english: (query: string) => Found[];
let chinese: (query: string) => Found[];

beforeAll(async () => {
  const files = await buildGuide();
  const entries = (language: string) => JSON.parse(String(files.get(`search-${language}.json`)));
  english = makeSearch(entries("en"));
  chinese = makeSearch(entries("zh"));
});

describe("the search of the guide", () => {
  test.each([
    ["backup", "/guide/selfhost#"],
    ["sign in with OpenID", "/guide/signin"],
    ["HISTORY_DAYS", "/guide/settings"],
    ["verify webhook signature", "/guide/webhooks#"],
    ["ban a member", "/guide/"],
    ["cost of a month", "/guide/costs"],
    ["masking key", "/guide/websocket/frames#"],
    ["hibernat", "/guide/"],
  ])("[DOCS-4] finds %s", (query, url) => {
    const top = english(query);
    expect(top.map((found) => found.url)).toContainEqual(expect.stringContaining(url));
  });

  test.each([
    ["掩码密钥", "/guide/zh/websocket/frames#"],
    ["关闭码", "/guide/zh/websocket/"],
    ["握手", "/guide/zh/websocket/handshake"],
  ])("[DOCS-4] finds %s in Chinese, which has no spaces", (query, url) => {
    expect(
      chinese(query)
        .slice(0, 3)
        .map((found) => found.url),
    ).toContainEqual(expect.stringContaining(url));
  });

  test("[DOCS-4] shows the text around the word, and nothing for a word that no page has", () => {
    expect(english("HISTORY_DAYS").map((found) => found.excerpt)).toContainEqual(
      expect.stringContaining("HISTORY_DAYS"),
    );
    expect(english("xyzzyqwfp")).toEqual([]);
    expect(wordsOf("帧头 has 2 bytes")).toEqual(["has", "2", "bytes", "帧头"]);
  });
});
