/**
 * Bundles the pages, the guide and the browser client into public/. `npm run build` runs it, and so do `wrangler dev` and `wrangler deploy`.
 * Each file is written under another name and then renamed, so that a running server never serves half a file.
 */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { build } from "esbuild";
import { writeGuide, writeGuideHint } from "../guide/write-guide.ts";
import { buildAdminPage } from "./admin-page.ts";
import { buildChatPage, SHARED } from "./chat-page.ts";

const chatPage = buildChatPage();
const adminPage = buildAdminPage();
const standalone = build({
  ...SHARED,
  entryPoints: {
    sw: "src/app/service-worker.ts",
    start: "src/app/start.ts",
    dormouse: "src/client/index.ts",
  },
  sourcemap: true,
  write: false,
});
/** Without a source map: nearly all of the code is Swagger UI, and its map would be many times the size of the script. */
const apiPage = build({ ...SHARED, entryPoints: { docs: "src/docs/main.ts" }, write: false });

/** Wrangler names the command that builds. Those that run often do not wait for the guide. */
const isQuick = ["dev", "types"].includes(process.env.WRANGLER_COMMAND ?? "");
const guide = isQuick ? writeGuideHint() : writeGuide();

const outputs = (await Promise.all([chatPage, adminPage, standalone, apiPage])).flatMap(
  ({ outputFiles }) => outputFiles,
);
for (const { path, contents } of outputs) {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}~`;
  await writeFile(temporary, contents);
  await rename(temporary, path);
}
await guide;
