import type { TextlintRuleReporter } from "@textlint/types";
import { proseOf } from "./text.ts";

type Finding = { offset: number; length: number; message: string };

/** Where a rule looks: running text only, or headings and table cells as well. */
type Scope = "paragraphs" | "everywhere";

/**
 * Makes a textlint rule from a function that finds faults in plain prose.
 *
 * @example export default rule("everywhere", (prose) => [{ offset: 0, length: 3, message: "…" }]);
 */
export function rule(scope: Scope, find: (prose: string) => Finding[]): TextlintRuleReporter {
  return (context) => {
    const check = (block: Parameters<typeof proseOf>[0] & Parameters<typeof context.report>[0]) => {
      for (const { offset, length, message } of find(proseOf(block))) {
        const padding = context.locator.range([offset, offset + length]);
        context.report(block, new context.RuleError(message, { padding }));
      }
    };
    if (scope === "paragraphs") return { Paragraph: check };
    return { Paragraph: check, Header: check, TableCell: check };
  };
}
