import { globSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PAGES, pathOf } from "../../src/guide/sidebar.ts";

describe("the sidebar of the guide", () => {
  test("[DOCS-1] lists each page of docs/ once, and those of the root", () => {
    const pages = globSync("docs/**/*.md").map((file) => file.replaceAll("\\", "/"));
    const ofRoot = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"];
    expect([...PAGES].sort()).toEqual([...pages, ...ofRoot].sort());
  });

  test("[DOCS-1] gives each page a pathname of its own", () => {
    expect(pathOf("docs/README.md")).toBe("/guide/");
    expect(pathOf("README.md")).toBe("/guide/readme");
    expect(pathOf("docs/CLIENT.md")).toBe("/guide/client");
    expect(pathOf("docs/websocket/README.md")).toBe("/guide/websocket/");
    expect(new Set(PAGES.map(pathOf)).size).toBe(PAGES.length);
  });
});
