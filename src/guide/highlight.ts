import { type ShjLanguage, tokenize } from "@speed-highlight/core";
import { detectLanguage } from "@speed-highlight/core/detect";
import { escapeHtml } from "./escape.ts";

/** The languages of fences and of file extensions. */
const LANGUAGES: Readonly<Record<string, ShjLanguage>> = {
  ts: "ts",
  typescript: "ts",
  js: "js",
  mjs: "js",
  json: "json",
  sh: "bash",
  bash: "bash",
  py: "py",
  toml: "toml",
  html: "html",
  sql: "sql",
  service: "ini",
};
/** A guess that is wrong colours plain text, so only these are taken. */
const GUESSED = new Set<string>(["js", "ts", "bash", "json", "html", "py"]);

/**
 * Code as HTML, with a class for each kind of token. Code in an unknown language is plain text.
 *
 * @param name the language, or the extension of the file; empty to guess it from the code
 */
export async function highlighted(code: string, name: string): Promise<string> {
  const named = LANGUAGES[name];
  if (name !== "" && named === undefined) return escapeHtml(code);
  const language = named ?? detectLanguage(code);
  if (named === undefined && !GUESSED.has(language)) return escapeHtml(code);
  const parts: string[] = [];
  await tokenize(code, language, (part, kind) => {
    const html = escapeHtml(part);
    parts.push(kind === undefined ? html : `<span class="token-${kind}">${html}</span>`);
  });
  return parts.join("");
}
