import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const GUIDES = globSync("docs/guides/*.md").sort();
const INDEX = "docs/guides/README.md";
const PAGES = [...GUIDES, "docs/TROUBLESHOOTING.md", "docs/GLOSSARY.md"];
const BROWSERS = "docs/guides/browsers.md";

const read = (file: string) => readFileSync(file, "utf8");

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
const anchorsOf = (file: string) =>
  [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, text = ""]) => anchorOf(text));

/** The links of a page that lead nowhere. */
function deadLinksOf(page: string): string[] {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
  return links.flatMap(([link, path = "", anchor]) => {
    const file = path === "" ? page : join(dirname(page), path);
    if (!existsSync(file)) return [link];
    return anchor === undefined || anchorsOf(file).includes(anchor) ? [] : [link];
  });
}

describe("the guides", () => {
  test.each(PAGES)("[DOCS-15] %s has only links that lead to a file and a heading", (page) => {
    expect(deadLinksOf(page)).toEqual([]);
  });

  test("[DOCS-15] each have an entry in the index", () => {
    const listed = [...read(INDEX).matchAll(/\]\(([a-z-]+\.md)\)/g)].map(([, name]) => name);
    const others = GUIDES.filter((file) => file !== INDEX).map((file) => basename(file));
    expect(listed.sort()).toEqual(others.sort());
  });

  test("[DOCS-15] say what a reader needs and what can go wrong", () => {
    const comparing = ["docs/guides/when-not.md", INDEX];
    const tasks = GUIDES.filter((file) => !comparing.includes(file));
    const lacking = tasks.filter((file) => {
      const headings = [...read(file).matchAll(/^## (.*)$/gm)].map(([, text]) => text);
      return headings[0] !== "You need" && headings.indexOf("You need") < 0;
    });
    expect(lacking).toEqual([]);
    expect(tasks.filter((file) => !read(file).includes("\n## Problems\n"))).toEqual([]);
  });
});

describe("the documents", () => {
  test("[DOCS-15] name the version that they describe", () => {
    const { version } = JSON.parse(read("package.json"));
    expect(read("docs/guides/install.md")).toContain(`dormouse-rooms-${version}.tgz`);
    for (const page of ["docs/README.md", "docs/guides/upgrading.md"])
      expect(read(page), page).toContain(`version ${version}`);
  });
});

describe("docs/guides/browsers.md", () => {
  const rows = read(BROWSERS)
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.slice(2, -2).split(" | "));
  const minimumOf = (kind: string) => rows.filter(([, by]) => by === kind);

  test("[DOCS-16] names only features that the code uses, and the versions that all of them need", () => {
    const sourceOf = (pattern: string) =>
      globSync(pattern)
        .map((file) => read(file))
        .join("\n");
    const sources: Record<string, string> = {
      client: `${sourceOf("src/client/**/*.ts")}${sourceOf("src/protocol/*.ts")}${read("src/tools/chat-page.ts")}`,
      page: sourceOf("src/app/**/*.{ts,tsx,css}"),
    };
    const unused = rows.filter(([feature = "", by = ""]) => {
      const [, code = ""] = /^`([^`]+)`/.exec(feature) ?? [];
      return !sources[by]?.includes(code);
    });
    expect(unused).toEqual([]);

    const newest = (kinds: string[]) =>
      [2, 3, 4].map((column) => Math.max(...kinds.flatMap(minimumOf).map((row) => Number(row[column]))));
    const summary = read(BROWSERS)
      .split("\n")
      .filter((line) => line.startsWith("| the c"))
      .map((line) => line.slice(2, -2).split(" | ").slice(1).map(Number));
    expect(summary).toEqual([newest(["client"]), newest(["client", "page"])]);
  });
});
