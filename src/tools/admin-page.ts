import { type BuildResult, build } from "esbuild";
import { SHARED } from "./chat-page.ts";

/**
 * Bundles the admin page: `admin.js` and `admin.css`. It is a build of its own, so that it shares no script with the chat page and makes
 * none of that page's scripts larger.
 */
export async function buildAdminPage(): Promise<BuildResult<{ write: false; metafile: true }>> {
  return await build({
    ...SHARED,
    entryPoints: [
      { in: "src/admin/main.tsx", out: "admin" },
      { in: "src/admin/styles/index.css", out: "admin" },
    ],
    charset: "utf8",
    sourcemap: true,
    metafile: true,
    write: false,
  });
}
