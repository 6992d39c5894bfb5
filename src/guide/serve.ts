/** Serves the guide for those who write it: `npm run docs`. Each load of a page builds it again, so there is nothing to watch. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { buildGuide, type GuideFiles } from "./site.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};
const port = Number(process.env.PORT ?? 8790);
let files: GuideFiles = new Map();

/** The name of the file for a pathname, as the platform finds it. */
function nameOf(pathname: string): string {
  const path = pathname.slice("/guide/".length);
  if (path === "" || path.endsWith("/")) return `${path}index.html`;
  return extname(path) === "" ? `${path}.html` : path;
}

const server = createServer(async ({ url = "/" }, response) => {
  try {
    const { pathname } = new URL(url, "http://localhost");
    if (!pathname.startsWith("/guide/") && pathname !== "/icon.svg") {
      response.writeHead(302, { location: "/guide/" }).end();
      return;
    }
    const name = pathname === "/icon.svg" ? "icon.svg" : nameOf(pathname);
    if (name.endsWith(".html")) files = await buildGuide();
    const contents = name === "icon.svg" ? await readFile("public/icon.svg") : files.get(name);
    response.writeHead(contents === undefined ? 404 : 200, {
      "content-type": TYPES[extname(name)] ?? "text/plain",
    });
    response.end(contents ?? `There is no page ${pathname}.`);
  } catch (error) {
    // A broken link or a half-written file: the page says it, and the next load tries again.
    response.writeHead(500, { "content-type": "text/plain; charset=utf-8" }).end(String(error));
  }
});
server.listen(port, "127.0.0.1", () => console.log(`The guide is on http://localhost:${port}/guide/`));
