import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { VERSION } from "../../src/protocol/version.ts";

describe("the version of the service", () => {
  test("[API-60] is that of the package", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(VERSION, "Write the new version to src/protocol/version.ts.").toBe(version);
  });
});
