/** The languages of the highlighter, with the other names that people write behind the fence. */
const NAMES: Readonly<Record<string, string>> = {
  bash: "bash sh shell zsh console",
  c: "c h cpp c++ cc hpp",
  css: "css scss less",
  diff: "diff patch",
  docker: "docker dockerfile",
  go: "go golang",
  html: "html htm vue svelte",
  java: "java kotlin kt",
  js: "js javascript jsx mjs cjs",
  json: "json jsonc json5",
  py: "py python python3",
  rs: "rs rust",
  sql: "sql mysql postgres postgresql sqlite",
  toml: "toml ini",
  ts: "ts typescript tsx mts",
  xml: "xml svg",
  yaml: "yaml yml",
};

const LANGUAGES = new Map(
  Object.entries(NAMES).flatMap(([language, names]) => names.split(" ").map((name) => [name, language])),
);

/** The language that a name means; undefined for one that the page does not highlight. */
export function languageOf(name: string): string | undefined {
  return LANGUAGES.get(name.toLowerCase());
}
