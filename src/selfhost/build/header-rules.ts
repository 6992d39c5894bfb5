/** A rule of `_headers`: the headers of a path, or of all paths with a prefix. */
export type HeaderRule = { path: string; headers: readonly (readonly [name: string, value: string])[] };

/**
 * Parses a `_headers` file, as far as this repository uses its format: exact paths, paths that end in `*`, and headers.
 *
 * @throws Error for everything else, so that no header is missing unnoticed
 * @example parseHeaderRules("/*\n  X-A: b"); // [{ path: "/*", headers: [["x-a", "b"]] }]
 */
export function parseHeaderRules(text: string): HeaderRule[] {
  const rules: { path: string; headers: [string, string][] }[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (/^\/[^\s*:]*\*?\s*$/.test(line)) {
      rules.push({ path: line.trim(), headers: [] });
      continue;
    }
    const [, name, value] = /^\s+([\w-]+):\s*(.+?)\s*$/.exec(line) ?? [];
    const rule = rules.at(-1);
    if (name === undefined || value === undefined || rule === undefined) {
      throw new Error(`_headers has the line ${JSON.stringify(line)}, which self-hosting does not know.`);
    }
    rule.headers.push([name.toLowerCase(), value]);
  }
  return rules;
}

/** The headers of a path. Where several rules set the same header, their values are joined, as on the platform. */
export function headersOf(rules: readonly HeaderRule[], pathname: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { path, headers: given } of rules) {
    const applies = path.endsWith("*") ? pathname.startsWith(path.slice(0, -1)) : pathname === path;
    if (!applies) continue;
    for (const [name, value] of given) {
      headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
    }
  }
  return headers;
}
