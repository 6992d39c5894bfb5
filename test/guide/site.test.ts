import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { PAGES } from "../../src/guide/sidebar.ts";
import { buildGuide, type GuideFiles } from "../../src/guide/site.ts";

let files: GuideFiles;
let pages: [name: string, html: string][];

beforeAll(async () => {
  files = await buildGuide();
  pages = [...files].flatMap(([name, contents]) =>
    name.endsWith(".html") ? [[name, contents.toString()] as [string, string]] : [],
  );
});

/** The values of an attribute in a page. */
function valuesOf(html: string, attribute: string): string[] {
  return [...html.matchAll(new RegExp(` ${attribute}="([^"]*)"`, "g"))].map(([, value = ""]) => value);
}

describe("the guide", () => {
  test("[DOCS-1] has a page for each document, which all pages link to", () => {
    const [sources, documents] = [true, false].map((isSource) =>
      pages.filter(([name]) => name.startsWith("files/") === isSource),
    );
    expect(documents).toHaveLength(PAGES.length);
    for (const [name, html] of documents ?? [])
      expect(html.match(/aria-current="page"/g), name).toHaveLength(1);
    for (const [name, html] of [...(documents ?? []), ...(sources ?? [])]) {
      expect(html, name).toMatch(/<title>[^<]+ · Dormouse/);
      expect(html, name).toContain('href="/guide/client"');
    }
  });

  test("[DOCS-17] shows the files that its pages name, as text and to download", () => {
    const path = "files/examples/python/dormouse-py";
    const page = String(files.get(`${path}.html`));
    expect(page).toContain(`<a href="/guide/${path}.txt" download="dormouse.py">`);
    expect(page).toContain("<h1>docs/examples/python/dormouse.py</h1>");
    expect(files.get(`${path}.txt`)).toBe(readFileSync("docs/examples/python/dormouse.py", "utf8"));
    const text = page.replaceAll(/<[^>]*>/g, "");
    expect(text).toContain("async def publish(self, data, id=None):");
    expect(String(files.get("guides/python.html"))).toContain(`<a href="/guide/${path}">`);
  });

  test("[DOCS-17] names a page by its title, and leads to no address that is a placeholder", () => {
    expect(String(files.get("guides/python.html"))).toMatch(/<a href="\/guide\/client">The client<\/a>/);
    for (const [name, html] of pages)
      expect(
        valuesOf(html, "href").filter((link) => link.includes("/OWNER/")),
        name,
      ).toEqual([]);
  });

  test("[DOCS-3] needs nothing that the content security policy forbids, and no other site", () => {
    expect(readFileSync("public/_headers", "utf8")).toContain("script-src 'self'; style-src 'self'");
    for (const [name, html] of pages) {
      // The text of a page may show such code, with its brackets escaped.
      const tags = html.match(/<[^>]*>/g)?.join("\n");
      expect(tags, name).not.toMatch(/<style|<iframe|<form|\sstyle=|\son[a-z]+="|="javascript:/);
      expect(html.match(/<script[^>]*>[^<]/g), name).toBeNull();
      for (const source of valuesOf(html, "src")) expect(source, name).toMatch(/^\/(?!\/)/);
    }
  });

  test("[DOCS-2] has each page and heading that its pages link to", () => {
    const site = new Map(
      pages.map(([name, html]) => [`/guide/${name.replace(/(?:index)?\.html$/, "")}`, html]),
    );
    const links = [...site].flatMap(([path, html]) =>
      valuesOf(html, "href")
        .filter((link) => /^(?:\/guide\/|#)/.test(link) && !/\.(?:css|js|txt)$/.test(link))
        .map((link) => ({
          fault: `${path} links to ${link}`,
          parts: (link.startsWith("#") ? path + link : link).split("#"),
        })),
    );
    expect(links.length).toBeGreaterThan(1000);
    const ids = new Map([...site].map(([path, html]) => [path, new Set(valuesOf(html, "id"))]));
    for (const { fault, parts } of links) {
      const [path = "", anchor] = parts;
      expect(ids.has(path), fault).toBe(true);
      if (anchor !== undefined) expect(ids.get(path)?.has(decodeURIComponent(anchor)), fault).toBe(true);
    }
  });

  test("[DOCS-2] has each file that its pages offer to download", () => {
    const offered = pages.flatMap(([, html]) =>
      valuesOf(html, "href").filter((link) => link.endsWith(".txt")),
    );
    expect(offered.length).toBeGreaterThan(10);
    expect(offered.filter((link) => !files.has(link.slice("/guide/".length)))).toEqual([]);
  });

  test("[DOCS-2] has each picture that its pages show", () => {
    const shown = pages
      .flatMap(([, html]) => valuesOf(html, "src"))
      .filter((path) => path.startsWith("/guide/"));
    const missing = shown.filter(
      (path) => path !== "/guide/guide.js" && !files.has(path.slice("/guide/".length)),
    );
    expect(missing).toEqual([]);
    expect(shown).toContain("/guide/images/frames/zh/ping.svg");
  });
});
