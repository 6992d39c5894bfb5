/**
 * The tree of a message's Markdown. It has no HTML and nothing of the parser, so that the page can render it as it is. Strings are text:
 * the page finds addresses and mentions in them.
 */
export type Inline =
  | string
  | { kind: "code"; text: string }
  | { kind: "emphasis" | "strong" | "strikethrough"; children: Inline[] }
  | {
      kind: "link";
      href: string;
      /** The host that the link leads to, if its text looks like the address of another one. */
      realHost?: string;
      children: Inline[];
    };

export type Cells = Inline[][];

export type ListItem = {
  /** For the items of a task list. */
  isDone?: boolean;
  children: Block[];
};

export type Block =
  | { kind: "paragraph"; children: Inline[] }
  | { kind: "heading"; level: number; children: Inline[] }
  | { kind: "codeBlock"; text: string; language: string }
  | { kind: "quote"; children: Block[] }
  /** `start` is the first number of a numbered list. */
  | { kind: "list"; start?: number; items: ListItem[] }
  | { kind: "table"; head?: Cells; align: (string | null)[]; rows: Cells[] }
  | { kind: "rule" };

export type ParseMarkdown = typeof import("./parse-markdown.ts").parseMarkdown;
