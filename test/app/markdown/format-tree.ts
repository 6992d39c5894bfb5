import type { Block, Inline } from "../../../src/app/markdown/tree.ts";

/** A tree as one readable line: `strong[…]`, `link(https://…)[…]`. */
export function formatBlocks(blocks: readonly Block[] | undefined): string {
  return blocks === undefined ? "plain" : blocks.map(formatBlock).join(" ");
}

function formatBlock(block: Block): string {
  switch (block.kind) {
    case "paragraph":
      return `p[${formatInlines(block.children)}]`;
    case "heading":
      return `h${block.level}[${formatInlines(block.children)}]`;
    case "codeBlock":
      return `code(${block.language})[${block.text}]`;
    case "quote":
      return `quote[${formatBlocks(block.children)}]`;
    case "list": {
      const items = block.items.map(
        ({ isDone, children }) =>
          `${isDone === undefined ? "" : isDone ? "x " : "o "}${formatBlocks(children)}`,
      );
      return `${block.start === undefined ? "ul" : `ol${block.start}`}[${items.join("; ")}]`;
    }
    case "table": {
      const rows = [...(block.head ? [block.head] : []), ...block.rows];
      return `table${block.head ? "+head" : ""}[${rows.map((row) => row.map(formatInlines).join("|")).join("; ")}]`;
    }
    case "rule":
      return "rule";
  }
}

function formatInlines(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      if (typeof node === "string") return node;
      if (node.kind === "code") return `code[${node.text}]`;
      if (node.kind !== "link") return `${node.kind}[${formatInlines(node.children)}]`;
      const host = node.realHost === undefined ? "" : ` at ${node.realHost}`;
      return `link(${node.href})[${formatInlines(node.children)}${host}]`;
    })
    .join("");
}
