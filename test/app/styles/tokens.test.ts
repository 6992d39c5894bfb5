import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { customProperties, findStyleFaults } from "./style-faults.ts";

const FOLDER = "src/app/styles";
const TOKENS = readFileSync(`${FOLDER}/tokens.css`, "utf8");

const sheets = globSync(`${FOLDER}/*.css`)
  .map((path) => ({ name: basename(path), text: readFileSync(path, "utf8") }))
  .filter(({ name }) => name !== "tokens.css");
const components = globSync("src/app/**/*.{ts,tsx}").map((path) => readFileSync(path, "utf8"));
const setByComponents = components.flatMap((text) =>
  [...text.matchAll(/["'](--[\w-]+)["']/g)].map(([, name]) => name ?? ""),
);

describe("style tokens", () => {
  test("[PAGE-40] has every colour, size, duration and layer of the style sheets in tokens.css", () => {
    const known = new Set([...customProperties(TOKENS), ...setByComponents]);
    expect(findStyleFaults(sheets, known)).toEqual([]);
  });

  test("[PAGE-40] uses every token that tokens.css has", () => {
    const used = [TOKENS, ...sheets.map(({ text }) => text)].join("\n");
    expect(customProperties(TOKENS).filter((token) => !used.includes(`var(${token})`))).toEqual([]);
  });

  test("[PAGE-40] bundles every style sheet", () => {
    const bundles = ["index.css", "more.css"];
    const imported = sheets
      .filter(({ name }) => bundles.includes(name))
      .flatMap(({ text }) => [...text.matchAll(/"\.\/(.+?)"/g)].map(([, name]) => name));
    expect([...bundles, ...imported].sort()).toEqual(
      [...sheets.map(({ name }) => name), "tokens.css"].sort(),
    );
  });

  test.each([
    ["a hexadecimal colour", "color: #fff;", "colour"],
    ["a colour function", "box-shadow: 0 0 var(--known) rgb(0 0 0 / 10%);", "colour"],
    ["a colour by name", "background: white;", "colour"],
    ["a size in rem", "padding: 0 0.7rem;", "0.7rem"],
    ["a negative size", "margin: -0.7rem;", "-0.7rem"],
    ["a size in pixels", "width: min(100%, 400px);", "400px"],
    ["a duration", "transition: color 0.2s;", "duration"],
    ["a layer", "z-index: 4;", "layer"],
    ["an unknown token", "color: var(--colour);", "--colour"],
  ])("[PAGE-40] finds %s in a style sheet", (_, declaration, fault) => {
    const text = `.a {\n  ${declaration}\n}\n`;
    expect(findStyleFaults([{ name: "a.css", text }], new Set(["--known"]))).toEqual([
      expect.stringMatching(new RegExp(`^a\\.css:2: .*${fault}`)),
    ]);
  });

  test("[PAGE-40] finds a width that is none of the layout in a query", () => {
    const text = "@media (max-width: 43rem) {\n}\n@media (max-width: 44rem) {\n}\n";
    expect(findStyleFaults([{ name: "a.css", text }], new Set())).toEqual([
      "a.css:1: 43rem is no width of the layout.",
    ]);
  });

  test("[PAGE-40] accepts hairlines, sizes relative to the text, comments and local properties", () => {
    const text =
      ".a {\n  /* 4rem #fff */\n  --local: 50%;\n  border: 1px solid var(--known);\n  padding: 0.2em var(--local);\n}\n";
    expect(findStyleFaults([{ name: "a.css", text }], new Set(["--known"]))).toEqual([]);
  });
});
