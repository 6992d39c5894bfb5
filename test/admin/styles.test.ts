import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { customProperties, findStyleFaults } from "../app/styles/style-faults.ts";

const read = (path: string) => readFileSync(path, "utf8");
const sheets = globSync("src/admin/styles/*.css")
  .map((path) => ({ name: basename(path), text: read(path) }))
  .filter(({ name }) => name !== "tokens.css");
const own = customProperties(read("src/admin/styles/tokens.css"));

test("[PAGE-55] the style sheets of the admin page have their colours and sizes from the tokens", () => {
  const known = new Set([...own, ...customProperties(read("src/app/styles/tokens.css"))]);
  expect(findStyleFaults(sheets, known)).toEqual([]);
  const used = sheets.map(({ text }) => text).join("\n");
  expect(own.filter((token) => !used.includes(`var(${token})`))).toEqual([]);
});

test("[PAGE-55] the admin page bundles each of its style sheets", () => {
  const index = sheets.find(({ name }) => name === "index.css")?.text ?? "";
  const imported = [...index.matchAll(/"\.\/(.+?)"/g)].map(([, name]) => name);
  expect([...imported, "index.css"].sort()).toEqual([...sheets.map(({ name }) => name), "tokens.css"].sort());
});
