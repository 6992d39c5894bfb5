import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { buildAdminPage } from "../../src/tools/admin-page.ts";
import { buildChatPage } from "../../src/tools/chat-page.ts";

const MAX_SCRIPT_BYTES = 60_000;

describe("the admin page", () => {
  test("[PAGE-55] is one script and one style sheet, which the chat page neither loads nor shares", async () => {
    const [admin, chat] = await Promise.all([buildAdminPage(), buildChatPage()]);
    const scripts = admin.outputFiles.filter(({ path }) => !path.endsWith(".map"));
    expect(scripts.map(({ path }) => basename(path)).sort()).toEqual(["admin.css", "admin.js"]);
    expect(Object.keys(chat.metafile.inputs).filter((path) => path.startsWith("src/admin/"))).toEqual([]);
    expect(readFileSync("src/app/service-worker.ts", "utf8")).not.toContain("admin");
    const bytes = scripts.map(({ contents }) => gzipSync(contents, { level: 9 }).length);
    console.log(`the admin page: ${bytes.join(" and ")} bytes`);
    expect(Math.max(...bytes)).toBeLessThan(MAX_SCRIPT_BYTES);
  });

  test("[PAGE-55] has in its HTML each icon that it uses", () => {
    const html = readFileSync("public/admin.html", "utf8");
    for (const icon of ["close", "alert", "delete"]) expect(html).toContain(`id="icon-${icon}"`);
  });
});
