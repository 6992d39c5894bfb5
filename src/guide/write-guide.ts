import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { buildGuide, type GuideFiles } from "./site.ts";

/** The site serves it as `/guide`. */
const FOLDER = "public/guide";

const HINT = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Dormouse guide</title>
    <link rel="icon" href="/icon.svg">
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <main>
      <h1>The guide is not built</h1>
      <p>Run <code>npm run docs:build</code>, then reload this page. A deploy builds the guide by itself.</p>
      <p lang="zh-CN">指南尚未构建。请运行 <code>npm run docs:build</code>，然后重新加载本页。</p>
    </main>
  </body>
</html>
`;

/** Builds the guide into a folder. */
export async function writeGuide(folder = FOLDER): Promise<void> {
  await replaceFiles(folder, await buildGuide());
}

/** Writes a page that says how to build the guide, where it is not built. */
export async function writeGuideHint(folder = FOLDER): Promise<void> {
  if (!existsSync(folder)) await replaceFiles(folder, new Map([["index.html", HINT]]));
}

/**
 * Each file is written under another name and then renamed, so that a running server never serves half a file. Files of an earlier build
 * are removed.
 */
async function replaceFiles(folder: string, files: GuideFiles): Promise<void> {
  for (const [name, contents] of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}~`;
    await writeFile(temporary, contents);
    await rename(temporary, path);
  }
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of found.filter((entry) => entry.isFile() && !entry.name.endsWith("~"))) {
    const path = join(entry.parentPath, entry.name);
    if (!files.has(relative(folder, path))) await rm(path, { force: true });
  }
}
