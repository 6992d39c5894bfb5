import { describe, expect, test } from "vitest";
import { splitExtension } from "../../../src/app/format/file-name.ts";

describe("splitExtension", () => {
  test.each([
    ["report.pdf", "report", ".pdf"],
    [`${"long ".repeat(50)}.pdf.exe`, `${"long ".repeat(50)}.pdf`, ".exe"],
    ["README", "README", ""],
    [".profile", ".profile", ""],
    ["a.sentence of a name", "a.sentence of a name", ""],
    ["", "", ""],
  ])("[PAGE-2] splits %s", (name, stem, extension) => {
    expect(splitExtension(name)).toEqual([stem, extension]);
  });
});
