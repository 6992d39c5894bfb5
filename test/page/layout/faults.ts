/**
 * Runs in the page. Finds controls and texts that overlap, are cut off, lie outside of the viewport or are covered, and controls
 * that are too small.
 */
import { type Box, hasArea, intersect, isCutOff, isWithin, visiblePart } from "./boxes.ts";

const CONTROLS = "a[href], button, input, textarea, select, summary, [tabindex='0']";
/** Elements that may cover the timeline. */
const FLOATING = ".popover, .mention-list, .message-menu, .jump-to-newest, .drop-zone, .skip-link";
const WINDOWS = ".popover, .mention-list, .message-menu:popover-open, dialog[open], .side-panel";
const SCROLLERS = ".timeline, .sidebar, .dialog-content, .side-panel";
/** WCAG 2.2, success criterion 2.5.8, in CSS pixels. */
const MIN_TARGET_PX = 24;
const MIN_EMOJI_PX = 28;
/** The glyphs of a line are lower than its box by this share at the top and at the bottom. */
const GLYPH_INSET = 0.25;

type Item = { node: Element; isText: boolean; label: string; boxes: Box[] };

const viewport: Box = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };

/** One sentence for each fault. An open dialog makes the rest inert, so only the dialog is checked then. */
export function findFaults(): string[] {
  const root = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  const controls = controlsIn(root);
  const texts = textsIn(root);
  const faults = [
    ...controls.flatMap((control) => [...sizeFaults(control), ...reachFaults(control)]),
    ...texts.flatMap(textFaults),
    ...overlapFaults([...controls, ...texts]),
    ...windowFaults(),
  ];
  return [...new Set(faults)];
}

function controlsIn(root: Element): Item[] {
  return [...root.querySelectorAll(CONTROLS)].filter(isShown).map((node) => ({
    node,
    isText: false,
    label: labelOf(node),
    boxes: [...node.getClientRects()].map((box) => visiblePart(box, node.parentElement)).filter(hasArea),
  }));
}

/** Each text node, with one box for each of its lines. */
function textsIn(root: Element): Item[] {
  const items: Item[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let textNode = walker.nextNode(); textNode !== null; textNode = walker.nextNode()) {
    const node = textNode.parentElement;
    const text = textNode.textContent?.trim() ?? "";
    if (node === null || text === "" || !isShown(node)) continue;
    if (node.closest("svg, script, noscript, textarea")) continue;
    const range = document.createRange();
    range.selectNodeContents(textNode);
    const boxes = [...range.getClientRects()].map(({ left, top, right, bottom, height }) => ({
      left,
      right,
      top: top + height * GLYPH_INSET,
      bottom: bottom - height * GLYPH_INSET,
    }));
    items.push({ node, isText: true, label: `the text "${text.slice(0, 32)}"`, boxes });
  }
  return items;
}

/** The label of a radio button counts as its target. Links within text are exempt, as in WCAG. */
function sizeFaults({ node, label }: Item): string[] {
  if (node.matches(".message-text a")) return [];
  const { width, height } = (node.closest("label") ?? node).getBoundingClientRect();
  const min = node.closest(".popover") === null ? MIN_TARGET_PX : MIN_EMOJI_PX;
  // Browsers place elements at multiples of 1/64 pixel.
  if (Math.min(width, height) > min - 0.1) return [];
  return [`${label} has ${Math.round(width)} by ${Math.round(height)} pixels.`];
}

function reachFaults({ node, label, boxes }: Item): string[] {
  return boxes.flatMap((box) => {
    if (!isWithin(box, viewport)) return [`${label} lies outside of the viewport.`];
    const hit = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    const isHit = hit !== null && (isRelated(hit, node) || hit.closest("label")?.contains(node));
    // An element that only scrolls may be partly covered.
    if (isHit || node.matches("pre, .timeline") || (hit !== null && mayCover(hit, node))) return [];
    return [`${label} is covered by ${hit === null ? "nothing" : labelOf(hit)}.`];
  });
}

function textFaults({ node, label, boxes }: Item): string[] {
  return boxes.flatMap((line) => {
    const visible = visiblePart(line, node);
    return [
      ...(isCutOff(line, node) ? [`${label} is cut off.`] : []),
      ...(hasArea(visible) && !isWithin(visible, viewport) ? [`${label} lies outside of the viewport.`] : []),
    ];
  });
}

function overlapFaults(items: readonly Item[]): string[] {
  const visible = items.map((item) => ({
    ...item,
    boxes: item.boxes.map((box) => visiblePart(box, item.node)),
  }));
  return visible.flatMap((a, i) =>
    visible
      .slice(i + 1)
      // Numbers first: few pairs meet, and each question to the document takes far longer.
      .filter((b) => a.boxes.some((box) => b.boxes.some((other) => hasArea(intersect(box, other)))))
      .filter((b) => !mayOverlap(a, b) && !mayCover(a.node, b.node) && !mayCover(b.node, a.node))
      .map((b) => `${a.label} overlaps ${b.label}.`),
  );
}

function windowFaults(): string[] {
  const tooLarge = [...document.querySelectorAll(WINDOWS)]
    .filter((node) => !isWithin(node.getBoundingClientRect(), viewport))
    .map((node) => `${labelOf(node)} does not fit into the viewport.`);
  const tooWide = [document.documentElement, ...document.querySelectorAll(SCROLLERS)]
    .filter((node) => node.scrollWidth > node.clientWidth + 1 && isShown(node))
    .map((node) => `${labelOf(node)} scrolls sideways.`);
  return [...tooLarge, ...tooWide];
}

/** Whether the element is visible, not inert, and not for screen readers only. Opacity does not count, since hovering changes it. */
function isShown(node: Element): boolean {
  const isVisible = node.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  const clipped = node.closest(".visually-hidden, .skip-link, legend, h2") ?? node;
  return isVisible && node.closest("[inert]") === null && getComputedStyle(clipped).clipPath === "none";
}

function isRelated(a: Element, b: Element): boolean {
  return a.contains(b) || b.contains(a);
}

/** A control overlaps its own content. Two texts never may overlap, not even in one element. */
function mayOverlap(a: Item, b: Item): boolean {
  return !(a.isText && b.isText) && isRelated(a.node, b.node);
}

function mayCover(above: Element, below: Element): boolean {
  const floating = above.closest(FLOATING);
  if (floating === null || floating.contains(below)) return false;
  return floating.matches(".skip-link, .message-menu") || below.closest(".timeline") !== null;
}

function labelOf(node: Element): string {
  const text = (node.getAttribute("aria-label") ?? node.textContent ?? "").trim().slice(0, 24);
  return `${[node.localName, ...node.classList].join(".")} "${text}"`;
}
