/** Fails where a document links to a missing file or heading, or a page is not in the sidebar. `npm run check` runs it. */
import { globSync } from "node:fs";
import { deadLinks } from "./links.ts";
import { PAGES } from "./sidebar.ts";

const pages = globSync("docs/**/*.md").map((file) => file.replaceAll("\\", "/"));
const ofRoot = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
const faults = [
  ...deadLinks([...ofRoot, ...pages]),
  ...pages
    .filter((page) => !PAGES.includes(page))
    .map((page) => `${page} is not in the sidebar of the guide. Add it to src/guide/sidebar.ts.`),
  ...PAGES.filter((page) => ![...ofRoot, ...pages].includes(page)).map(
    (page) => `The sidebar of the guide lists ${page}, which does not exist.`,
  ),
];

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
