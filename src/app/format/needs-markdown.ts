/** Whether a text may have Markdown, or pasted rows. Any other text looks the same with and without the parser. */
const MARKDOWN =
  /[*_`|\t\\]|~~|\]\(|<http|\S {2,}\S|^\s*(?:[-+]\s|\d{1,9}[.)]\s|#{1,6}\s|>|-{3}|~{3}| {4})/im;

export function needsMarkdown(text: string): boolean {
  return MARKDOWN.test(text);
}
