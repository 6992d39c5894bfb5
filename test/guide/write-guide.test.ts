import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeGuide, writeGuideHint } from "../../src/guide/write-guide.ts";
import { temporaryDirectory } from "../support/temporary.ts";

describe("the folder of the guide", () => {
  test("[DOCS-1] says how to build the guide until it is built, and then holds nothing else", async () => {
    const folder = join(await temporaryDirectory(), "guide");
    const index = () => readFileSync(join(folder, "index.html"), "utf8");
    await writeGuideHint(folder);
    expect(index()).toContain("npm run docs:build");
    expect(readdirSync(folder)).toEqual(["index.html"]);

    await writeGuide(folder);
    expect(index()).toContain('aria-current="page"');
    expect(existsSync(join(folder, "websocket", "frames.html"))).toBe(true);

    // A start of `npm run dev` keeps the guide.
    const built = readdirSync(folder, { recursive: true });
    await writeGuideHint(folder);
    expect(readdirSync(folder, { recursive: true })).toEqual(built);
    expect(index()).toContain('aria-current="page"');
  });
});
