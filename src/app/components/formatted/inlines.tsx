import type { ComponentChild } from "preact";
import type { MentionSplitter } from "../../chat/mention-names.ts";
import { splitLinks } from "../../format/links.ts";
import { stripBidiControls } from "../../format/untrusted-text.ts";
import type { Inline } from "../../markdown/tree.ts";
import { AddressLink } from "../messages/linked-text.tsx";

export type TextContext = { splitter: MentionSplitter; selfId: string | undefined };

type InlineViewProps = { nodes: readonly Inline[]; context: TextContext };

/** The parts of a line. Text from others only becomes text nodes, never HTML. */
export function InlineView({ nodes, context }: InlineViewProps) {
  return <>{renderInlines(nodes, context)}</>;
}

function renderInlines(nodes: readonly Inline[], context: TextContext): ComponentChild[] {
  return nodes.map((node) =>
    typeof node === "string" ? renderText(node, context) : renderNode(node, context),
  );
}

function renderNode(node: Exclude<Inline, string>, context: TextContext): ComponentChild {
  switch (node.kind) {
    case "code":
      return <code>{node.text}</code>;
    case "emphasis":
      return <em>{renderInlines(node.children, context)}</em>;
    case "strong":
      return <strong>{renderInlines(node.children, context)}</strong>;
    case "strikethrough":
      return <s>{renderInlines(node.children, context)}</s>;
    case "link":
      return (
        <a href={node.href} title={node.href} target="_blank" rel="noopener noreferrer nofollow ugc">
          <bdi>{renderLabel(node.children)}</bdi>
          {node.realHost !== undefined && <bdi class="real-host"> ({node.realHost})</bdi>}
        </a>
      );
  }
}

/** The text of a link has no links and mentions in it, and keeps its reading order. */
function renderLabel(nodes: readonly Inline[]): ComponentChild[] {
  return nodes.map((node) => {
    if (typeof node === "string") return stripBidiControls(node);
    if (node.kind === "code") return <code>{stripBidiControls(node.text)}</code>;
    return renderLabel(node.children);
  });
}

function renderText(text: string, { splitter, selfId }: TextContext): ComponentChild[] {
  return splitLinks(text).flatMap((part): ComponentChild[] => {
    if (typeof part !== "string") return [<AddressLink link={part} />];
    return splitter.split(part).map((piece) =>
      typeof piece === "string" ? (
        piece
      ) : (
        <bdi class="mention" data-self={piece.id === selfId ? "" : undefined} data-member={piece.id}>
          {piece.text}
        </bdi>
      ),
    );
  });
}
