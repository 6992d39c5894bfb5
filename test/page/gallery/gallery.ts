/**
 * Shows every component of the page in every state, in both themes and languages, on http://localhost:4321. `npm run gallery` runs it.
 * With `--update`, it takes the reference pictures of test/e2e/page-gallery.test.ts again.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { launchBrowser } from "../../support/browser.ts";
import { buildGallery } from "./build-gallery.ts";
import { eachStory, fileOf, PICTURES } from "./open-gallery.ts";
import { encode, shrink } from "./picture.ts";

const PORT = 4321;

if (process.argv.includes("--update")) await updatePictures();
else await serve();

async function updatePictures(): Promise<void> {
  const browser = await launchBrowser();
  try {
    await rm(PICTURES, { recursive: true, force: true });
    await mkdir(PICTURES, { recursive: true });
    let pictures = 0;
    let bytes = 0;
    await eachStory(browser, async (page, story, variant) => {
      const file = encode(shrink(await page.screenshot()));
      pictures++;
      bytes += file.length;
      await writeFile(join(PICTURES, fileOf(story, variant)), file);
    });
    console.log(`${pictures} pictures, ${Math.round(bytes / 1000)} kB, are in ${PICTURES}/.`);
  } finally {
    await browser.close();
  }
}

/** Builds the gallery again for each load of it, so that a reload shows a change. */
async function serve(): Promise<void> {
  let files = await buildGallery();
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname, search } = new URL(url, "http://localhost");
    if (pathname === "/" && search === "") files = await buildGallery();
    const file = files.get(pathname);
    response.writeHead(file === undefined ? 404 : 200, { "content-type": file?.type ?? "text/plain" });
    response.end(file?.body);
  });
  server.listen(PORT, "127.0.0.1", () =>
    console.log(`The gallery is on http://localhost:${PORT}. Press Ctrl+C to end it.`),
  );
}
