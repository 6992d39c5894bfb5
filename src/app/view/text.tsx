import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import { isEmoji, type Node, parse } from "../format/markup.ts";
import { startOf, unpiled } from "../format/safe.ts";
import { locale, words } from "../text/index.ts";
import { Block } from "./parts.tsx";

/** What is more than a glance takes is shown by its beginning. */
const LONG = { units: 1500, lines: 20 } as const;
/** Above this it is shown as it was written: thousands of elements would hold the page up for seconds. */
const MOST_MARKED = 20_000;

/** What somebody has said. Nothing of it ever becomes markup: text goes in as text nodes only. */
export function Text({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  const whole = unpiled(text);
  const start = startOf(whole, LONG.units, LONG.lines);
  const isLong = start.length < whole.length;
  const shown = isLong && !isWhole ? `${start}…` : whole;
  const { showAll, showLess } = words.value;
  return (
    <>
      <div class={isEmoji(shown) ? "text emoji" : "text"} dir="auto">
        {shown.length > MOST_MARKED ? shown : parse(shown).map(nodeView)}
      </div>
      {isLong && (
        <button type="button" class="link" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? showLess : showAll(new Intl.NumberFormat(locale.value).format(whole.length))}
        </button>
      )}
    </>
  );
}

function nodeView(node: Node): ComponentChild {
  if (typeof node === "string") return node;
  switch (node.kind) {
    case "code":
      return <code>{node.text}</code>;
    case "block":
      return <Block text={node.text} />;
    case "em":
      return <em>{node.inside.map(nodeView)}</em>;
    case "strong":
      return <strong>{node.inside.map(nodeView)}</strong>;
    case "struck":
      return <s>{node.inside.map(nodeView)}</s>;
    case "link":
      return (
        <a href={node.href} target="_blank" rel="noopener noreferrer nofollow ugc" dir="ltr">
          {node.text}
        </a>
      );
  }
}
