import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { nameLinks } from "./links.ts";
import { type Document, parse, type Section, sectionsOf, titleOf } from "./markdown.ts";
import { contentsOf, publicRepository, renderPage } from "./render.ts";
import type { SearchEntry } from "./search-entry.ts";
import { type Language, languageOf, PAGES, pathOf } from "./sidebar.ts";
import { downloadPathOf, renderSource, sourcePathOf, sourcesOf } from "./sources.ts";
import { pageHtml } from "./template.ts";

/** The files of the guide by their path under `/guide/`. */
export type GuideFiles = Map<string, string | Uint8Array>;

/** Files whose text would fill the search with figures. */
const NOT_SEARCHED = /\.json$/;

/**
 * Builds the guide: a page for each document and for each file that they link to, the pictures that they show, the search entries of each
 * language, the style and the script.
 */
export async function buildGuide(): Promise<GuideFiles> {
  const scripts = bundleScripts();
  const { homepage }: { homepage: string } = JSON.parse(await readFile("package.json", "utf8"));
  const documents = new Map<string, Document>();
  await Promise.all(PAGES.map(async (page) => documents.set(page, parse(await readFile(page, "utf8")))));
  const titles = new Map([...documents].map(([page, document]) => [page, titleOf(document)]));
  for (const [page, document] of documents) nameLinks(document, page, titles);
  const targets = { sources: sourcesOf(documents), repository: publicRepository(homepage) };

  const files: GuideFiles = new Map();
  const assets = new Set<string>();
  const entries: Record<Language, SearchEntry[]> = { en: [], zh: [] };
  for (const page of PAGES) {
    const document = documents.get(page) ?? parse("");
    const title = titles.get(page) ?? page;
    const rendered = await renderPage(document, page, targets);
    for (const asset of rendered.assets) assets.add(asset);
    const parts = { page, title, html: rendered.html, contents: contentsOf(document) };
    files.set(fileOf(page), pageHtml(parts, titles));
    entries[languageOf(page)].push(...sectionsOf(document).map((section) => entryOf(page, title, section)));
  }
  for (const source of targets.sources) {
    const [path, text] = [sourcePathOf(source), await readFile(source, "utf8")];
    const parts = { page: source, title: source, html: await renderSource(source, text), contents: [] };
    files.set(`${path.slice("/guide/".length)}.html`, pageHtml(parts, titles));
    files.set(downloadPathOf(source).slice("/guide/".length), text);
    if (!NOT_SEARCHED.test(source)) entries.en.push({ url: path, title: source, heading: "", text });
  }
  for (const asset of assets) files.set(asset.slice("docs/".length), await readFile(asset));
  for (const [language, list] of Object.entries(entries))
    files.set(`search-${language}.json`, JSON.stringify(list));
  for (const [name, contents] of await scripts) files.set(name, contents);
  return files;
}

/** The file of a page: the site serves `/guide/client` from `client.html`, and `/guide/api/` from `api/index.html`. */
function fileOf(page: string): string {
  const path = pathOf(page).slice("/guide/".length);
  return path === "" || path.endsWith("/") ? `${path}index.html` : `${path}.html`;
}

function entryOf(page: string, title: string, { id, heading, text }: Section): SearchEntry {
  return { url: id === "" ? pathOf(page) : `${pathOf(page)}#${id}`, title, heading, text: text.trim() };
}

async function bundleScripts(): Promise<[name: string, contents: Uint8Array][]> {
  const { outputFiles } = await build({
    entryPoints: [
      { in: "src/guide/browser/guide.ts", out: "guide" },
      { in: "src/guide/browser/guide.css", out: "guide" },
    ],
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    logLevel: "warning",
    outdir: "public/guide",
    write: false,
  });
  return outputFiles.map(({ path, contents }) => [path.split("/").at(-1) ?? path, contents]);
}
