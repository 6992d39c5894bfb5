/** Writes the guide into public/guide/: `npm run docs:build`. */
import { writeGuide } from "./write-guide.ts";

await writeGuide();
