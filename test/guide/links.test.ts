import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { deadLinks } from "../../src/guide/links.ts";
import { anchorsOf, parse } from "../../src/guide/markdown.ts";
import { temporaryDirectory } from "../support/temporary.ts";

describe("the check of links", () => {
  test("[DOCS-2] names each link to a missing file or heading", async () => {
    const folder = await temporaryDirectory();
    const page = join(folder, "page.md");
    writeFileSync(join(folder, "other.md"), "# Other\n\n## A heading, with `code`\n\n## Twice\n\n## Twice\n");
    writeFileSync(
      page,
      [
        "# Page",
        "[a](other.md#a-heading-with-code) [b](#page) [c](other.md#twice-1) [d](https://example.com/#none)",
        "[e](missing.md) [f](other.md#twice-2) [g](#none) ![h](missing.png) `[i](code.md)`",
        '<img src="missing.webp">',
      ].join("\n\n"),
    );
    const links = deadLinks([page]).map((fault) => / links to (\S+), but /.exec(fault)?.[1]);
    expect(links).toEqual(["missing.md", "other.md#twice-2", "#none", "missing.png", "missing.webp"]);
  });

  test("[DOCS-2] makes the anchors that GitHub makes", () => {
    const headings = [
      "# A `b` & c: d_e",
      "## 握手 Sec-WebSocket-Accept",
      "## [Link](x.md), **bold**",
      '<a id="own"></a>',
    ];
    expect([...anchorsOf(parse(headings.join("\n\n")))]).toEqual([
      "a-b--c-d_e",
      "握手-sec-websocket-accept",
      "link-bold",
      "own",
    ]);
  });
});
