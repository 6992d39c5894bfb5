import { useEffect, useRef, useState } from "preact/hooks";
import { type HighlightedCode, highlight } from "../../highlight/highlighter.ts";
import { languageOf } from "../../highlight/languages.ts";
import { moreStrings } from "../../i18n/index.ts";
import { IconButton } from "../common/icon-button.tsx";
import { copy } from "../tools/copy.ts";

/** A block of code with a button that copies it. Code in a known language is colored once it is in view. */
export function CopyableCode({ text, language }: { text: string; language: string }) {
  const block = useRef<HTMLPreElement>(null);
  const code = useHighlighted(block, text, languageOf(language));
  return (
    <div class="code-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable element must be reachable by keyboard */}
      <pre ref={block} dir="ltr" tabIndex={0}>
        <code>
          {code.tokens.map(([piece, type]) =>
            type === undefined ? piece : <span class={`token-${type}`}>{piece}</span>,
          )}
          {text.slice(code.text.length)}
        </code>
      </pre>
      <IconButton icon="copy" label={moreStrings.value.copyCode} onClick={() => void copy(text)} />
    </div>
  );
}

const PLAIN: HighlightedCode = { text: "", tokens: [] };

/** While a text grows, the part that was colored before keeps its colors. */
function useHighlighted(
  block: { current: Element | null },
  text: string,
  language: string | undefined,
): HighlightedCode {
  const [isInView, setInView] = useState(false);
  const [code, setCode] = useState(PLAIN);
  useEffect(() => {
    if (language === undefined || block.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      setInView(true);
    });
    observer.observe(block.current);
    return () => observer.disconnect();
  }, [language]);
  useEffect(() => {
    if (!isInView || language === undefined) return;
    let isCurrent = true;
    void highlight(text, language, () => isCurrent).then((tokens) => {
      if (isCurrent && tokens !== undefined) setCode({ text, tokens });
    });
    return () => {
      isCurrent = false;
    };
  }, [isInView, language, text]);
  return language !== undefined && text.startsWith(code.text) ? code : PLAIN;
}
