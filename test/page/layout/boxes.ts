/** Runs in the page. Computes boxes, and the visible part of them. */

export type Box = { left: number; top: number; right: number; bottom: number };

/** Tolerance for rounding. */
export const TOLERANCE_PX = 1.5;
/** The space at the end of a line may hang out of its box. */
const TRAILING_SPACE_PX = 6;
/** The share of a line's height that must be visible. */
const MIN_VISIBLE_HEIGHT = 0.75;

export function intersect(a: Box, b: Box): Box {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

export function hasArea({ left, top, right, bottom }: Box): boolean {
  return right - left > TOLERANCE_PX && bottom - top > TOLERANCE_PX;
}

export function isWithin(box: Box, outer: Box): boolean {
  return (
    box.left > outer.left - TOLERANCE_PX &&
    box.top > outer.top - TOLERANCE_PX &&
    box.right < outer.right + TOLERANCE_PX &&
    box.bottom < outer.bottom + TOLERANCE_PX
  );
}

type Clipper = { style: CSSStyleDeclaration; edge: Box };

/** Valid for one run: the script is loaded anew each time, and nothing moves meanwhile. */
const cache = new Map<Element, readonly Clipper[]>();

/** The element and its ancestors that clip their content. */
function clippersOf(node: Element | null): readonly Clipper[] {
  if (node === null || node === document.body) return [];
  const cached = cache.get(node);
  if (cached !== undefined) return cached;
  const style = getComputedStyle(node);
  const isClipping = style.overflowX !== "visible" || style.overflowY !== "visible";
  const own = isClipping && style.display !== "inline" ? [{ style, edge: node.getBoundingClientRect() }] : [];
  const clippers = style.position === "fixed" ? own : [...own, ...clippersOf(node.parentElement)];
  cache.set(node, clippers);
  return clippers;
}

/** The part of a box that no scrolling or clipping ancestor hides. */
export function visiblePart(box: Box, parent: Element | null): Box {
  return clippersOf(parent).reduce((visible, { edge }) => intersect(visible, edge), box);
}

/** Whether part of a line of text is hidden, can not be scrolled into view, and is not marked with an ellipsis. */
export function isCutOff(line: Box, parent: Element): boolean {
  const hides = (overflow: string) => overflow === "hidden" || overflow === "clip";
  let visible = line;
  for (const { style, edge } of clippersOf(parent)) {
    const { overflowX, overflowY, textOverflow } = style;
    const next = intersect(visible, edge);
    const isCutSideways =
      hides(overflowX) && textOverflow !== "ellipsis" && visible.right - next.right > TRAILING_SPACE_PX;
    const isCutBelow =
      hides(overflowY) && next.bottom - next.top < (visible.bottom - visible.top) * MIN_VISIBLE_HEIGHT;
    if (hasArea(visible) && (isCutSideways || isCutBelow)) return true;
    visible = next;
  }
  return false;
}
