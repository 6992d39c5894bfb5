import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type BuildOptions, type BuildResult, build, type OutputFile, type Plugin } from "esbuild";

/** The options that all scripts of the service share. */
export const SHARED: BuildOptions = {
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  logLevel: "warning",
  outdir: "public",
};

const BUILD_ID = "@build-id@";

/**
 * Makes `more` depend on the first view, so that all of it is in the script that `app` and `more` share: one script is a fifteenth smaller
 * than two, with the names that they would export to each other. (In the source that would be an import cycle.)
 */
const oneFirstScript: Plugin = {
  name: "one-first-script",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]app[\\/]more\.ts$/ }, async ({ path }) => ({
      contents: `${await readFile(path, "utf8")}export { App } from "./components/layout/app.tsx";\n`,
      loader: "ts",
    }));
  },
};

/**
 * Bundles the chat page: `app`, which starts `shared`, the texts of one language and `style` are its first view. It loads `more`, with
 * its own texts and styles, the QR encoder, the Markdown parser and the highlighter when they are first used.
 */
export async function buildChatPage(): Promise<BuildResult<{ write: false; metafile: true }>> {
  const result = await build({
    ...SHARED,
    entryPoints: [
      { in: "src/app/main.tsx", out: "app" },
      { in: "src/app/more.ts", out: "more" },
      { in: "src/app/i18n/en.ts", out: "en" },
      { in: "src/app/i18n/zh.ts", out: "zh" },
      { in: "src/app/i18n/en-more.ts", out: "en-more" },
      { in: "src/app/i18n/zh-more.ts", out: "zh-more" },
      { in: "src/app/components/dialogs/qr-encoder.ts", out: "qr" },
      { in: "src/app/markdown/parse-markdown.ts", out: "markdown" },
      { in: "src/app/highlight/worker.ts", out: "highlight" },
      { in: "src/app/styles/index.css", out: "style" },
      { in: "src/app/styles/more.css", out: "more" },
    ],
    // Without a hash, so that the service worker knows the name. A second shared script would fail the build.
    chunkNames: "shared",
    charset: "utf8",
    // `npm run dev:lan` sets it: see src/app/lan-host.ts.
    define: { LAN_HOST: JSON.stringify(process.env.LAN_HOST ?? "") },
    splitting: true,
    sourcemap: true,
    metafile: true,
    plugins: [oneFirstScript],
    write: false,
  });
  return { ...result, outputFiles: withBuildId(result.outputFiles) };
}

function withBuildId(files: OutputFile[]): OutputFile[] {
  const hash = createHash("sha256");
  // Source maps name the folder of the build.
  for (const { path, contents } of files) if (!path.endsWith(".map")) hash.update(contents);
  const id = hash.digest("hex").slice(0, BUILD_ID.length);
  return files.map((file) => {
    const text = file.text.replaceAll(BUILD_ID, id);
    return { ...file, text, contents: new TextEncoder().encode(text) };
  });
}
