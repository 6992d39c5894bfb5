import { Lexer, type Token, type Tokens } from "marked";
import { chatOptions } from "./chat-tokenizer.ts";
import { linkTarget } from "./link-target.ts";
import type { Block, Cells, Inline, ListItem } from "./tree.ts";

/** This script and the page must be of one build: they share the form of the tree. */
export const BUILD = "@build-id@";

/** A longer text has more characters than the page formats. A hostile one of this length takes under a third of a second. */
export const MAX_PARSED_CHARS = 20_000;
const MAX_NODES = 4000;

class TooManyNodes extends Error {}

/**
 * The tree of a Markdown text; undefined for a text that is too long, or has more nodes than a page can show at once.
 * @param literals texts that stay as they are, longest first, whatever Markdown is in them
 */
export function parseMarkdown(text: string, literals: readonly string[] = []): Block[] | undefined {
  if (text.length > MAX_PARSED_CHARS) return undefined;
  try {
    return new TreeBuilder().blocks(Lexer.lex(text, chatOptions(literals)));
  } catch {
    return undefined;
  }
}

/** Turns the tokens of the parser into the page's own tree. A token that it does not know stays the text that it was. */
class TreeBuilder {
  #nodes = 0;

  #count(): void {
    if (++this.#nodes > MAX_NODES) throw new TooManyNodes();
  }

  blocks(tokens: readonly Token[]): Block[] {
    const blocks: Block[] = [];
    for (const token of tokens) {
      const block = this.#block(token as Tokens.Generic);
      if (block !== undefined) blocks.push(block);
    }
    return blocks;
  }

  #block(token: Tokens.Generic): Block | undefined {
    this.#count();
    switch (token.type) {
      case "space":
        return undefined;
      case "heading":
        return { kind: "heading", level: token.depth, children: this.#inlines(token.tokens) };
      case "code":
        return {
          kind: "codeBlock",
          text: token.text,
          language: /^[^\s{]*/.exec(token.lang ?? "")?.[0] ?? "",
        };
      case "blockquote":
        return { kind: "quote", children: this.blocks(token.tokens ?? []) };
      case "list":
        return {
          kind: "list",
          ...(token.ordered && { start: Number(token.start) }),
          items: token.items.map((item: Tokens.ListItem) => this.#item(item)),
        };
      case "table":
        return {
          kind: "table",
          head: this.#cells(token.header),
          align: token.align,
          rows: token.rows.map((row: Tokens.TableCell[]) => this.#cells(row)),
        };
      case "pasted":
        return this.#pasted(token);
      case "hr":
        return { kind: "rule" };
      default:
        return { kind: "paragraph", children: this.#inlines(token.tokens) ?? [token.raw.trimEnd()] };
    }
  }

  #item({ task, checked, tokens }: Tokens.ListItem): ListItem {
    this.#count();
    const children = this.blocks(tokens.filter(({ type }) => type !== "checkbox"));
    return { ...(task && { isDone: checked === true }), children };
  }

  #cells(cells: readonly Tokens.TableCell[]): Cells {
    return cells.map(({ tokens }) => {
      this.#count();
      return this.#inlines(tokens);
    });
  }

  #pasted({ raw, rows }: Tokens.Generic): Block {
    if (rows === undefined) return { kind: "codeBlock", text: raw, language: "" };
    const cells = (row: string[]): Cells =>
      row.map((cell) => {
        this.#count();
        return [cell.trim()];
      });
    return { kind: "table", align: [], rows: rows.map(cells) };
  }

  #inlines(tokens: readonly Token[] | undefined): Inline[] {
    return joinText((tokens ?? []).flatMap((token) => this.#inline(token as Tokens.Generic)));
  }

  #inline(token: Tokens.Generic): Inline | Inline[] {
    this.#count();
    switch (token.type) {
      case "codespan":
        return { kind: "code", text: token.text };
      case "em":
        return { kind: "emphasis", children: this.#inlines(token.tokens) };
      case "strong":
        return { kind: "strong", children: this.#inlines(token.tokens) };
      case "del":
        return { kind: "strikethrough", children: this.#inlines(token.tokens) };
      case "br":
        return "\n";
      case "escape":
        return token.text;
      case "text":
        return token.tokens === undefined ? token.text : this.#inlines(token.tokens);
      case "checkbox":
        return [];
      case "link":
      case "image":
        return this.#link(token);
      default:
        return token.raw;
    }
  }

  /** An image becomes a link: it would load from a server that the reader does not know. */
  #link({ type, raw, href, text, tokens }: Tokens.Generic): Inline {
    // `<https://…>` is a bare address with a visible end.
    if (raw.startsWith("<")) return text;
    const target = linkTarget(href, text);
    if (target === undefined) return raw;
    const children = type === "link" ? this.#inlines(tokens) : text === "" ? [] : [text];
    return { kind: "link", ...target, children: children.length === 0 ? [href] : children };
  }
}

/** Texts that follow each other become one. */
function joinText(nodes: readonly Inline[]): Inline[] {
  const joined: Inline[] = [];
  for (const node of nodes) {
    const last = joined.at(-1);
    if (typeof node === "string" && typeof last === "string") joined[joined.length - 1] = last + node;
    else joined.push(node);
  }
  return joined;
}
