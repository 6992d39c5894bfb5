import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { examplesOf, patternOf } from "../../support/doc-examples.ts";
import { runExample } from "../../support/run-example.ts";
import { type Service, startService } from "../../support/service.ts";
import { SECRET, token } from "../../support/tokens.ts";

const ADMIN = token({ sub: "backend", can: ["read", "publish", "admin"] });

/** The guides with commands, each with how many of them print something. */
const GUIDES = {
  "docs/TROUBLESHOOTING.md": 1,
  "docs/guides/install.md": 2,
  "docs/guides/delete-and-privacy.md": 5,
  "docs/guides/list-of-rooms.md": 1,
  "docs/guides/upgrading.md": 1,
  "docs/guides/branding.md": 1,
};

let service: Service;
beforeAll(async () => {
  service = await startService({ AUTH_SECRET: SECRET });
});
afterAll(() => service?.stop());

describe("the commands of the guides", () => {
  test.each(Object.entries(GUIDES))("[DOCS-12] print what %s states", async (guide, count) => {
    const examples = examplesOf(guide).filter(({ prints }) => prints !== "");
    expect(examples.length).toBe(count);
    for (const { command, prints } of examples) {
      const pattern = patternOf(prints);
      const local = command.replaceAll("http://localhost:8787", service.url);
      expect(await runExample(local, pattern, { ADMIN }), command).toMatch(pattern);
    }
  });

  test("[DOCS-12] are all under test", () => {
    const index = readFileSync("docs/guides/README.md", "utf8");
    const guides = [...index.matchAll(/\]\(([a-z-]+\.md)\)/g)].map(([, name]) => `docs/guides/${name}`);
    expect(guides.length).toBeGreaterThan(10);
    const withCommands = guides.filter((guide) => examplesOf(guide).some(({ prints }) => prints !== ""));
    expect(withCommands.sort()).toEqual(
      Object.keys(GUIDES)
        .filter((file) => file.startsWith("docs/guides/"))
        .sort(),
    );
  });
});
