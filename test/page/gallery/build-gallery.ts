import { readFile } from "node:fs/promises";
import { build } from "esbuild";
import { buildBlockFont } from "./block-font.ts";

/** The body and the content type of each file of the gallery, by its path. */
export type GalleryFiles = ReadonlyMap<string, { type: string; body: Buffer | string }>;

/** Bundles the gallery: the page's own components and styles, and the stories. */
export async function buildGallery(): Promise<GalleryFiles> {
  const options = {
    bundle: true,
    write: false,
    outdir: "gallery",
    logLevel: "warning",
    charset: "utf8",
    // The package says that its modules have no side effects, which environment.ts has.
    ignoreAnnotations: true,
  } as const;
  const [script, style, highlighter] = await Promise.all([
    build({
      ...options,
      entryPoints: { gallery: "test/page/gallery/app/main.tsx" },
      // One module, so that it has the texts and all components at once.
      format: "esm",
      target: "es2022",
    }),
    build({
      ...options,
      stdin: {
        contents: ["src/app/styles/index.css", "src/app/styles/more.css", "test/page/gallery/app/gallery.css"]
          .map((path) => `@import "./${path}";`)
          .join("\n"),
        loader: "css",
        resolveDir: ".",
      },
      external: ["/blocks.ttf"],
    }),
    build({ ...options, entryPoints: { highlight: "src/app/highlight/worker.ts" }, format: "esm" }),
  ]);
  return new Map([
    ["/", { type: "text/html; charset=utf-8", body: await html() }],
    ["/gallery.js", { type: "text/javascript", body: script.outputFiles[0]?.text ?? "" }],
    ["/highlight.js", { type: "text/javascript", body: highlighter.outputFiles[0]?.text ?? "" }],
    ["/gallery.css", { type: "text/css", body: style.outputFiles[0]?.text ?? "" }],
    // The page loads these styles by itself. Here they are in the file above, before those of the gallery.
    ["/more.css", { type: "text/css", body: "" }],
    ["/blocks.ttf", { type: "font/ttf", body: buildBlockFont() }],
    ["/icon.svg", { type: "image/svg+xml", body: await readFile("public/icon.svg") }],
  ]);
}

/** The page's own document, with its drawings and emoji, but the scripts and styles of the gallery. */
async function html(): Promise<string> {
  const page = await readFile("public/index.html", "utf8");
  return page
    .replace(/^.*(rel="(stylesheet|modulepreload|manifest)"|<script).*\n/gm, "")
    .replace("</head>", '  <link rel="stylesheet" href="/gallery.css" />\n  </head>')
    .replace("</body>", '  <script type="module" src="/gallery.js"></script>\n  </body>');
}
