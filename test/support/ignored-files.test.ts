import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseIgnored } from "../../src/selfhost/build/ignored-files.ts";
import { siteOf } from "../../src/selfhost/build/site.ts";
import { temporaryDirectory } from "./temporary.ts";

describe("the site of a self-hosted service", () => {
  test("[RUN-1] leaves out the files and folders of .assetsignore", async () => {
    const folder = await temporaryDirectory();
    mkdirSync(join(folder, "guide"));
    for (const name of ["_headers", "index.html", "guide/index.html", "guided.html", "dormouse.js"])
      writeFileSync(join(folder, name), "");
    writeFileSync(join(folder, ".assetsignore"), "# The page is off.\nindex.html\n\n/guide/\n");
    const { paths } = await siteOf(folder, []);
    expect(Object.keys(paths).sort()).toEqual(["/dormouse.js", "/guided", "/guided.html", "/guided/"]);
  });

  test("[RUN-1] does not build with a pattern in .assetsignore", () => {
    for (const pattern of ["*.html", "!index.html", "guide/?.html", "[ab].js"])
      expect(() => parseIgnored(pattern)).toThrow(pattern);
  });
});
