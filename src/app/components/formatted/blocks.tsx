import type { ComponentChildren } from "preact";
import { moreStrings } from "../../i18n/index.ts";
import type { Block, Cells, ListItem } from "../../markdown/tree.ts";
import { Icon } from "../common/icons.tsx";
import { CopyableCode } from "./copyable-code.tsx";
import { InlineView, type TextContext } from "./inlines.tsx";

type WithContext<T> = T & { context: TextContext };

/** A paragraph, list, table or another block of a message. */
export function BlockView({ block, context }: WithContext<{ block: Block }>) {
  switch (block.kind) {
    case "paragraph":
      return (
        <p>
          <InlineView nodes={block.children} context={context} />
        </p>
      );
    case "heading":
      return (
        <Heading level={block.level}>
          <InlineView nodes={block.children} context={context} />
        </Heading>
      );
    case "codeBlock":
      return <CopyableCode text={block.text} language={block.language} />;
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.children} context={context} />
        </blockquote>
      );
    case "list":
      return <List block={block} context={context} />;
    case "table":
      return <Table block={block} context={context} />;
    case "rule":
      return <hr />;
  }
}

function Blocks({ blocks, context }: WithContext<{ blocks: readonly Block[] }>) {
  return (
    <>
      {blocks.map((block) => (
        <BlockView block={block} context={context} />
      ))}
    </>
  );
}

/** The page has headings of the first and the second level. */
function Heading({ level, children }: { level: number; children: ComponentChildren }) {
  const Tag = (["h3", "h4", "h5", "h6"] as const)[Math.min(level, 4) - 1] ?? "h6";
  return <Tag>{children}</Tag>;
}

type OfKind<Kind extends Block["kind"]> = { block: Extract<Block, { kind: Kind }> };

function List({ block: { start, items }, context }: WithContext<OfKind<"list">>) {
  const rendered = items.map((item) => <Item item={item} context={context} />);
  return start === undefined ? <ul>{rendered}</ul> : <ol start={start}>{rendered}</ol>;
}

function Item({ item: { isDone, children }, context }: WithContext<{ item: ListItem }>) {
  const { taskDone, taskOpen } = moreStrings.value;
  return (
    <li class={isDone === undefined ? undefined : "task"}>
      {isDone !== undefined && (
        <span class="checkbox" role="img" aria-label={isDone ? taskDone : taskOpen}>
          {isDone && <Icon name="sent" />}
        </span>
      )}
      <Blocks blocks={children} context={context} />
    </li>
  );
}

/** A wide table scrolls within its message, so the keyboard can focus it. */
function Table({ block: { head, align, rows }, context }: WithContext<OfKind<"table">>) {
  const cells = (row: Cells, Cell: "th" | "td") =>
    row.map((nodes, i) => (
      <Cell class={align[i] ? `align-${align[i]}` : undefined}>
        <InlineView nodes={nodes} context={context} />
      </Cell>
    ));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable element must be reachable by keyboard
    <div class="table-scroller" tabIndex={0}>
      <table>
        {head !== undefined && (
          <thead>
            <tr>{cells(head, "th")}</tr>
          </thead>
        )}
        <tbody>
          {rows.map((row) => (
            <tr>{cells(row, "td")}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
