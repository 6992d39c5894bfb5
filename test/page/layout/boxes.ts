/** Runs in the page: where things are, and what of them can be seen. */

export type Box = { left: number; top: number; right: number; bottom: number };

/** Pixels are rounded. */
export const SLACK_PX = 1.5;
/** A space at the end of a line hangs out of it. */
const SPACE_PX = 6;
/** What must be left of a line of text for it not to be cut off. */
const LEGIBLE = 0.75;

export function both(a: Box, b: Box): Box {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

export function isArea({ left, top, right, bottom }: Box): boolean {
  return right - left > SLACK_PX && bottom - top > SLACK_PX;
}

export function isWithin(box: Box, outer: Box): boolean {
  return (
    box.left > outer.left - SLACK_PX &&
    box.top > outer.top - SLACK_PX &&
    box.right < outer.right + SLACK_PX &&
    box.bottom < outer.bottom + SLACK_PX
  );
}

type Clipper = { style: CSSStyleDeclaration; edge: Box };

/** Nothing moves while this runs, and it is loaded anew each time. */
const known = new Map<Element, readonly Clipper[]>();

/** Elements from this one up that cut off what is larger than they are. */
function clippersOf(node: Element | null): readonly Clipper[] {
  if (node === null || node === document.body) return [];
  const found = known.get(node);
  if (found !== undefined) return found;
  const style = getComputedStyle(node);
  const isClipping = style.overflowX !== "visible" || style.overflowY !== "visible";
  const own = isClipping && style.display !== "inline" ? [{ style, edge: node.getBoundingClientRect() }] : [];
  const all = style.position === "fixed" ? own : [...own, ...clippersOf(node.parentElement)];
  known.set(node, all);
  return all;
}

/** What is left of a box within all that scrolls or hides it. */
export function shownOf(box: Box, parent: Element | null): Box {
  return clippersOf(parent).reduce((left, { edge }) => both(left, edge), box);
}

/** Whether some of a line of text is hidden where no scrolling brings it back, and no ellipsis tells of it. */
export function isCutOff(line: Box, parent: Element): boolean {
  const hides = (overflow: string) => overflow === "hidden" || overflow === "clip";
  let left = line;
  for (const { style, edge } of clippersOf(parent)) {
    const { overflowX, overflowY, textOverflow } = style;
    const next = both(left, edge);
    const isNarrower = hides(overflowX) && textOverflow !== "ellipsis" && left.right - next.right > SPACE_PX;
    const isLower = hides(overflowY) && next.bottom - next.top < (left.bottom - left.top) * LEGIBLE;
    if (isArea(left) && (isNarrower || isLower)) return true;
    left = next;
  }
  return false;
}
