import type { ComponentChildren, VNode } from "preact";
import { HeaderBits } from "../components/panels/frame-details.tsx";
import { opcodeMeaning } from "../components/panels/opcode-table.tsx";
import { en } from "../i18n/en.ts";
import { enMore } from "../i18n/en-more.ts";
import { zh } from "../i18n/zh.ts";
import { zhMore } from "../i18n/zh-more.ts";
import { type FrameInfo, headerFields } from "./frame-header.ts";

/** One cell of the drawer's view of a header. */
type Cell = { span: number; bits: string; label: string };

const TEXTS = { en: { ...en, ...enMore }, zh: { ...zh, ...zhMore } };

const COLUMNS = 16;
const COLUMN = 40;
const GAP = 2;
const LINE = 20;
const PADDING = 8;
/** How many bytes of a field are on one line. */
const LINE_BYTES = 4;
/** The light theme of the page. A picture has one theme, since the text around it may be on another site. */
const COLORS = { background: "#fffdf8", cell: "#f3e3d0", text: "#2a2019", label: "#6c5d51" };

/**
 * Draws the header of a frame as the frames drawer shows it, as SVG without styles and scripts.
 *
 * @example headerPicture({ opcode: 1, length: 5 }, "en"); // "<svg …"
 */
export function headerPicture(frame: FrameInfo, language: "en" | "zh"): string {
  const t = TEXTS[language];
  const view = HeaderBits({ fields: headerFields(frame), t });
  const parts: string[] = [];
  let top = GAP;
  for (const row of rowsOf(cellsOf(view))) {
    const height = Math.max(...row.map(heightOf));
    let column = 0;
    for (const cell of row) {
      parts.push(drawn(cell, GAP + column * COLUMN, top, height));
      column += cell.span;
    }
    top += height + GAP;
  }
  const width = COLUMNS * COLUMN + GAP;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}">`,
    `<title>${t.frameHeader}: ${opcodeMeaning(frame.opcode, t)}</title>`,
    `<rect width="${width}" height="${top}" rx="6" fill="${COLORS.background}"/>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/** The cells in the drawer's own view, so that a change of the drawer changes the pictures. */
function cellsOf(view: VNode): Cell[] {
  return childrenOf(view).map((field) => {
    const [bits, label] = childrenOf(field);
    const [, span = COLUMNS] = /span-(\d+)/.exec(String(propsOf(field).class)) ?? [];
    return {
      span: Number(span),
      bits: String(propsOf(bits).children),
      label: String(propsOf(label).children),
    };
  });
}

function childrenOf(node: VNode): VNode[] {
  return [propsOf(node).children].flat() as VNode[];
}

function propsOf(node: VNode | undefined): { class?: string; children?: ComponentChildren } {
  return node?.props ?? {};
}

/** Fills rows of 16 columns. A field of another width than the drawer's grid has takes a whole row. */
function rowsOf(cells: readonly Cell[]): Cell[][] {
  const rows: Cell[][] = [];
  let free = 0;
  for (const cell of cells) {
    if (cell.span > free) {
      rows.push([]);
      free = COLUMNS;
    }
    rows.at(-1)?.push(cell);
    free -= cell.span;
  }
  return rows;
}

function linesOf({ bits }: Cell): string[] {
  const bytes = bits.split(" ");
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += LINE_BYTES)
    lines.push(bytes.slice(at, at + LINE_BYTES).join(" "));
  return lines;
}

/** The letters of a field that is too narrow for its name stack, as in the figure of the RFC. */
function labelLines({ span, label }: Cell): string[] {
  return span === 1 ? [...label] : [label];
}

function heightOf(cell: Cell): number {
  return 2 * PADDING + linesOf(cell).length * LINE + labelLines(cell).length * 13;
}

function drawn(cell: Cell, left: number, top: number, height: number): string {
  const width = cell.span * COLUMN - GAP;
  const center = left + width / 2;
  const bits = linesOf(cell);
  const line = (text: string, y: number, size: number, color: string, family: string) =>
    `<text x="${center}" y="${y}" text-anchor="middle" font-family="${family}" font-size="${size}" fill="${color}">${text}</text>`;
  const start = top + PADDING + 12;
  return [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="6" fill="${COLORS.cell}"/>`,
    ...bits.map((text, at) => line(text, start + at * LINE, 15, COLORS.text, "monospace")),
    ...labelLines(cell).map((text, at) =>
      line(text, start + bits.length * LINE + at * 13, 12, COLORS.label, "sans-serif"),
    ),
  ].join("\n");
}
