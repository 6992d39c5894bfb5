/** Draws the pictures of docs/websocket/ into docs/images/frames/: `npm run learn:pictures`. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { drawPictures } from "./pictures.ts";

const pictures = await drawPictures();
await rm("docs/images/frames", { recursive: true, force: true });
for (const [path, svg] of pictures) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, svg);
}
