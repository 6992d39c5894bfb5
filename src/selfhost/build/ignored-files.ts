/**
 * Parses a `.assetsignore` file, as far as this repository uses its format: names of files and of folders.
 *
 * @returns whether a file is no part of the site
 * @throws Error for a pattern, so that no file is served unnoticed
 * @example parseIgnored("index.html\nguide/")("guide/index.html"); // true
 */
export function parseIgnored(text: string): (file: string) => boolean {
  const lines = text.split("\n").map((line) => line.trim());
  const names = lines.filter((line) => line !== "" && !line.startsWith("#")).map(nameOf);
  return (file) => names.some((name) => file === name || file.startsWith(`${name}/`));
}

function nameOf(line: string): string {
  if (/[*?!\\[\]]/.test(line))
    throw new Error(
      `.assetsignore has the pattern ${line}, which self-hosting does not know. List the files.`,
    );
  return line.replace(/^\//, "").replace(/\/$/, "");
}
