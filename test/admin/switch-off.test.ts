import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { siteOf } from "../../src/selfhost/build/site.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dormouse-site-"));
  for (const name of ["_headers", "index.html", "admin.html"]) await writeFile(join(folder, name), "");
});
afterEach(() => rm(folder, { recursive: true }));

const pathnames = async () => Object.keys((await siteOf(folder, [])).paths);

describe("the site of npm start", () => {
  test("[PAGE-55] has the admin page, unless .assetsignore names it", async () => {
    expect(await pathnames()).toContain("/admin");
    await writeFile(join(folder, ".assetsignore"), "# off\nadmin.html\n");
    expect(await pathnames()).toEqual(["/", "/index.html", "/index"]);
  });

  test("[PAGE-55] is not built where .assetsignore has a pattern, because the page would stay on", async () => {
    await writeFile(join(folder, ".assetsignore"), "admin.*\n");
    await expect(siteOf(folder, [])).rejects.toThrow(".assetsignore has the pattern admin.*");
  });
});
