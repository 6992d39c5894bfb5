import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Site, SitePath } from "../site-files.ts";
import { headersOf, parseHeaderRules } from "./header-rules.ts";
import { parseIgnored } from "./ignored-files.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webp": "image/webp",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** The cache header that the platform sends with every file: a browser asks each time whether its copy is current. */
const CACHE = "public, max-age=0, must-revalidate";

/** Half-written files of a build, hidden files and files with rules, which are no part of the site. */
const LEFT_OUT = /(^|\/)[._]|~$/;

/**
 * The site of a folder, as the platform serves it.
 *
 * @param workerFirst the paths that always go to the service
 * @throws Error for a file without a known content type
 */
export async function siteOf(folder: string, workerFirst: readonly string[]): Promise<Site> {
  const rules = parseHeaderRules(await readFile(join(folder, "_headers"), "utf8"));
  const ignore = join(folder, ".assetsignore");
  const isIgnored = parseIgnored(existsSync(ignore) ? await readFile(ignore, "utf8") : "");
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length))
    .filter((name) => !LEFT_OUT.test(name) && !isIgnored(name))
    .sort();
  const paths: Record<string, SitePath> = {};
  for (const file of names) {
    const type = TYPES[extname(file)];
    if (type === undefined) {
      throw new Error(`${file} has no known content type. Add it to ${import.meta.filename}.`);
    }
    const etag = etagOf(await readFile(join(folder, file)));
    const [pathname, ...others] = pathnamesOf(file);
    const headers = { "content-type": type, "cache-control": CACHE, etag };
    paths[pathname] = { file, headers, rules: headersOf(rules, pathname) };
    for (const other of others) paths[other] = { location: pathname, rules: headersOf(rules, other) };
  }
  return { paths, workerFirst };
}

function etagOf(bytes: Buffer): string {
  return `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`;
}

/** The pathname of a file, and its other names, which lead there. A page is served without its extension. */
function pathnamesOf(file: string): [string, ...string[]] {
  const path = `/${file}`;
  if (!path.endsWith(".html")) return [path];
  const page = path.slice(0, -".html".length);
  if (!page.endsWith("/index")) return [page, path, `${page}/`];
  const folder = page.slice(0, -"index".length);
  return [folder, path, page, ...(folder === "/" ? [] : [folder.slice(0, -1)])];
}
