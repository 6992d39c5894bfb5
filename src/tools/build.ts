/**
 * Bundles the pages and the browser client into public/. `npm run build` runs it, and so do `wrangler dev` and `wrangler deploy`.
 * Each file is written under another name and then renamed, so that a running server never serves half a file.
 */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { build } from "esbuild";
import { buildChatPage, SHARED } from "./chat-page.ts";

const chatPage = buildChatPage();
const standalone = build({
  ...SHARED,
  entryPoints: {
    sw: "src/app/service-worker.ts",
    dormouse: "src/client/index.ts",
  },
  sourcemap: true,
  write: false,
});
/** Without a source map: nearly all of the code is Swagger UI, and its map would be many times the size of the script. */
const apiPage = build({ ...SHARED, entryPoints: { docs: "src/docs/main.ts" }, write: false });

const outputs = (await Promise.all([chatPage, standalone, apiPage])).flatMap(
  ({ outputFiles }) => outputFiles,
);
for (const { path, contents } of outputs) {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}~`;
  await writeFile(temporary, contents);
  await rename(temporary, path);
}
