import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CLOSES, ERRORS, retryAfterClose } from "../../src/protocol/codes.ts";

const TROUBLESHOOTING = "docs/TROUBLESHOOTING.md";
const GLOSSARY = "docs/GLOSSARY.md";

/** The rows of the table under a heading, without its head. A cell that is all code has no marks. */
function rowsUnder(heading: string): string[][] {
  const section =
    readFileSync(TROUBLESHOOTING, "utf8").split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(1).map((row) =>
    row
      .slice(2, -2)
      .split(" | ")
      .map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1")),
  );
}

/** Cells of prose: each says something. */
const isFilled = (cells: string[]) => cells.every((cell) => /^[A-Z0-9`].{5,}\.$/.test(cell));

describe("docs/TROUBLESHOOTING.md", () => {
  test("[DOCS-10] has each error code with its status, a cause and a cure, and no other code", () => {
    const rows = rowsUnder("Error codes");
    const listed = Object.fromEntries(rows.map(([code = "", status]) => [code, Number(status)]));
    expect(listed).toEqual(
      Object.fromEntries(Object.entries(ERRORS).map(([code, { status }]) => [code, status])),
    );
    expect(rows.length).toBe(Object.keys(listed).length);
    expect(rows.filter(([, , ...prose]) => prose.length !== 2 || !isFilled(prose))).toEqual([]);
  });

  test("[DOCS-10] has each close code with its name, its advice, a cause and a cure, and no other code", () => {
    const rows = rowsUnder("Close codes");
    const expected = Object.entries(CLOSES).map(([name, { code }]) => [
      String(code),
      name,
      retryAfterClose(code),
    ]);
    expect(rows.map((cells) => cells.slice(0, 3))).toEqual(expected);
    expect(rows.filter(([, , , ...prose]) => prose.length !== 2 || !isFilled(prose))).toEqual([]);
  });

  test("[DOCS-10] has each code that the client itself gives, and no other code", () => {
    const sources = globSync("src/client/**/*.ts").map((file) => readFileSync(file, "utf8"));
    const quoted = new Set(sources.flatMap((source) => source.match(/"[a-z_]+"/g) ?? []));
    const codes = rowsUnder("Codes of the client").map(([code]) => code);
    expect(codes.filter((code) => !quoted.has(`"${code}"`) || (code ?? "") in ERRORS)).toEqual([]);
    const thrown = sources.flatMap((source) =>
      [...source.matchAll(/new RoomError\(\s*"([a-z_]+)"/g)].map(([, code]) => code),
    );
    expect(thrown.filter((code) => !codes.includes(code) && !((code ?? "") in ERRORS))).toEqual([]);
    expect(thrown.length).toBeGreaterThan(3);
  });
});

describe("docs/GLOSSARY.md", () => {
  const entries = readFileSync(GLOSSARY, "utf8").split("\n## ").slice(1);
  const terms = entries.map((entry) => entry.split("\n")[0] ?? "");

  test("[DOCS-11] has each term once, in alphabetical order, with a definition", () => {
    expect(terms.length).toBeGreaterThan(40);
    expect(terms).toEqual([...new Set(terms)].sort((a, b) => a.localeCompare(b, "en")));
    const undefinedTerms = entries.filter((entry) => !/^[^\n]+\n\n[^\n#]{20,}/.test(entry));
    expect(undefinedTerms).toEqual([]);
  });

  test("[DOCS-11] has only terms that other documents use", () => {
    const others = globSync(["README.md", "docs/*.md", "docs/guides/*.md"]).filter(
      (file) => file !== GLOSSARY,
    );
    const text = others
      .map((file) => readFileSync(file, "utf8").replaceAll(/\s+/g, " ").toLowerCase())
      .join("\n");
    const unused = terms.filter((term) => !new RegExp(`\\b${term.toLowerCase()}(?:s|d|es|r)?\\b`).test(text));
    expect(unused).toEqual([]);
  });
});
