/**
 * Runs in the page: what is wrong with its layout as it stands, one sentence each. Things that lie on each other, that are
 * cut off, that nobody can reach, or that are too small to hit.
 */
import { type Box, both, isArea, isCutOff, isWithin, shownOf } from "./boxes.ts";

/** Anything that answers to a click or a key. */
const CONTROLS = "a[href], button, input, textarea, select, summary, [tabindex='0']";
/** What lies over the conversation on purpose. */
const FLOATING = ".popover, .to-newest, .drop, .skip";
const WINDOWS = ".popover, dialog[open], .beside";
/** WCAG 2.2, success criterion 2.5.8, in CSS pixels. */
const TARGET_PX = 24;
const EMOJI_PX = 28;
/** Glyphs are lower than the boxes of their lines, above and below. */
const GLYPH_INSET = 0.25;

type Found = { node: Element; label: string; boxes: Box[] };

const view: Box = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };

export function faults(): string[] {
  const root = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  const controls = controlsIn(root);
  const texts = textsIn(root);
  const found = [
    ...controls.flatMap((control) => [...sizeFaults(control), ...reachFaults(control)]),
    ...texts.flatMap(textFaults),
    ...overlaps([...controls, ...texts]),
    ...windowFaults(),
  ];
  return [...new Set(found)];
}

function controlsIn(root: Element): Found[] {
  return [...root.querySelectorAll(CONTROLS)].filter(isThere).map((node) => ({
    node,
    label: labelOf(node),
    boxes: [...node.getClientRects()].map((box) => shownOf(box, node.parentElement)).filter(isArea),
  }));
}

/** The lines of each piece of text. */
function textsIn(root: Element): Found[] {
  const found: Found[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let at = walker.nextNode(); at !== null; at = walker.nextNode()) {
    const node = at.parentElement;
    const text = at.textContent?.trim() ?? "";
    if (node === null || text === "" || !isThere(node) || node.closest("svg, script, noscript, textarea"))
      continue;
    const range = document.createRange();
    range.selectNodeContents(at);
    const boxes = [...range.getClientRects()].map(({ left, top, right, bottom, height }) => ({
      left,
      right,
      top: top + height * GLYPH_INSET,
      bottom: bottom - height * GLYPH_INSET,
    }));
    found.push({ node, label: `the text "${text.slice(0, 32)}"`, boxes });
  }
  return found;
}

/** Radio buttons are hit by their labels, and a link within a sentence is as high as its line. */
function sizeFaults({ node, label }: Found): string[] {
  if (node.matches(".text a")) return [];
  const { width, height } = (node.closest("label") ?? node).getBoundingClientRect();
  const least = node.closest(".popover") === null ? TARGET_PX : EMOJI_PX;
  // Positions are multiples of a 64th of a pixel.
  if (Math.min(width, height) > least - 0.1) return [];
  return [`${label} has ${Math.round(width)} by ${Math.round(height)} pixels.`];
}

function reachFaults({ node, label, boxes }: Found): string[] {
  return boxes.flatMap((box) => {
    if (!isWithin(box, view)) return [`${label} lies outside of the viewport.`];
    const hit = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    const isHit = hit !== null && (isRelated(hit, node) || hit.closest("label")?.contains(node));
    // What only scrolls is hit anywhere.
    if (isHit || node.matches("pre, .timeline") || (hit !== null && floatsOver(hit, node))) return [];
    return [`${label} is covered by ${hit === null ? "nothing" : labelOf(hit)}.`];
  });
}

function textFaults({ node, label, boxes }: Found): string[] {
  return boxes.flatMap((line) => [
    ...(isCutOff(line, node) ? [`${label} is cut off.`] : []),
    ...(isArea(shownOf(line, node)) && !isWithin(shownOf(line, node), view)
      ? [`${label} lies outside of the viewport.`]
      : []),
  ]);
}

function overlaps(found: readonly Found[]): string[] {
  const shown = found.map((one) => ({ ...one, boxes: one.boxes.map((box) => shownOf(box, one.node)) }));
  return shown.flatMap((a, i) =>
    shown
      .slice(i + 1)
      .filter((b) => !isContaining(a, b) && !floatsOver(a.node, b.node) && !floatsOver(b.node, a.node))
      .filter((b) => a.boxes.some((one) => b.boxes.some((other) => isArea(both(one, other)))))
      .map((b) => `${a.label} lies on ${b.label}.`),
  );
}

function windowFaults(): string[] {
  const outside = [...document.querySelectorAll(WINDOWS)]
    .filter((node) => !isWithin(node.getBoundingClientRect(), view))
    .map((node) => `${labelOf(node)} does not fit into the viewport.`);
  const wide = [document.documentElement, ...document.querySelectorAll(".timeline, .side, .sheet, .beside")]
    .filter((node) => node.scrollWidth > node.clientWidth + 1 && isThere(node))
    .map((node) => `${labelOf(node)} is wider than its place.`);
  return [...outside, ...wide];
}

/** What is inert or there for screen readers only is nothing to look at. What fades in under a pointer is. */
function isThere(node: Element): boolean {
  const isVisible = node.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  const unseen = node.closest(".hidden, .skip, legend, h2") ?? node;
  return isVisible && node.closest("[inert]") === null && getComputedStyle(unseen).clipPath === "none";
}

function isRelated(a: Element, b: Element): boolean {
  return a.contains(b) || b.contains(a);
}

/** A control and what is in it; two texts are beside each other even in one element. */
function isContaining(a: Found, b: Found): boolean {
  const isText = (one: Found) => one.label.startsWith("the text");
  return !(isText(a) && isText(b)) && isRelated(a.node, b.node);
}

function floatsOver(above: Element, below: Element): boolean {
  const floating = above.closest(FLOATING);
  if (floating === null || floating.contains(below)) return false;
  return floating.matches(".skip") || below.closest(".timeline") !== null;
}

function labelOf(node: Element): string {
  const text = (node.getAttribute("aria-label") ?? node.textContent ?? "").trim().slice(0, 24);
  return `${[node.localName, ...node.classList].join(".")} "${text}"`;
}
