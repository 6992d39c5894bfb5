import type { Page } from "playwright-core";

/**
 * What is wrong with the layout of a page as it stands, one sentence each: things that lie on each other, that are cut off,
 * that nobody can reach, or that are too small to hit.
 */
export async function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(measure);
}

/** Runs in the page, so it may use nothing from outside. */
function measure(): string[] {
  /** Anything that answers to a click or a key. */
  const INTERACTIVE = "a[href], button, input, textarea, select, summary, [tabindex='0']";
  /** What lies over the conversation on purpose. */
  const FLOATING = ".popover, .to-newest, .drop, .skip";
  /** WCAG 2.2, success criterion 2.5.8, in CSS pixels. */
  const TARGET_PX = 24;
  const EMOJI_PX = 28;
  /** Glyphs are smaller than the boxes of their lines, and pixels are rounded. */
  const SLACK_PX = 1.5;
  /** A space at the end of a line hangs out of it. */
  const SPACE_PX = 6;
  const GLYPH_INSET = 0.25;

  type Box = { left: number; top: number; right: number; bottom: number };
  type Found = { node: Element; label: string; boxes: Box[] };

  const faults = new Set<string>();
  const view: Box = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const modal = [...document.querySelectorAll("dialog[open]")].at(-1);
  const root = modal ?? document.body;

  const labelOf = (node: Element) => {
    const text = (node.getAttribute("aria-label") ?? node.textContent ?? "").trim().slice(0, 24);
    return `${node.localName}${node.id && `#${node.id}`}.${[...node.classList].join(".")} "${text}"`;
  };
  const both = (a: Box, b: Box): Box => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  const isArea = ({ left, top, right, bottom }: Box) => right - left > SLACK_PX && bottom - top > SLACK_PX;
  const isReachable = (node: Element) =>
    !node.closest("[inert], [hidden]") &&
    node.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) &&
    // What is there for screen readers only.
    getComputedStyle(node.closest(".hidden, .skip, legend, h2") ?? node).clipPath === "none";
  const isRelated = (a: Element, b: Element) => a === b || a.contains(b) || b.contains(a);
  const isAbove = (a: Element, b: Element) =>
    a.closest(FLOATING) !== null && b.closest(FLOATING) === null && (b.closest(".timeline") !== null || a.matches(".skip"));

  /** What is left of a box within all that cuts it off; scrolling may bring the rest. */
  const shown = (node: Element, box: Box, ofText = false): { box: Box; isCut: boolean } => {
    let left = box;
    let isCut = false;
    const isFixed = (at: Element) => ["fixed"].includes(getComputedStyle(at).position) || at === modal;
    for (let at: Element | null = ofText ? node : node.parentElement; at && at !== root; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (`${style.overflowX}${style.overflowY}` !== "visiblevisible" && style.display !== "inline") {
        const edge = at.getBoundingClientRect();
        const next = both(left, edge);
        const isClip = (one: string) => one === "hidden" || one === "clip";
        const x = isClip(style.overflowX) && left.right - next.right > SPACE_PX && style.textOverflow !== "ellipsis";
        const y = isClip(style.overflowY) && next.bottom - next.top < (left.bottom - left.top) * 0.75;
        if (x || y) isCut = true;
        left = next;
      }
      if (isFixed(at)) break;
    }
    return { box: left, isCut };
  };

  const controls: Found[] = [];
  for (const node of root.querySelectorAll(INTERACTIVE)) {
    if (!isReachable(node)) continue;
    const label = labelOf(node);
    const whole = [...node.getClientRects()];
    const boxes = whole.map((box) => shown(node, box).box).filter(isArea);
    controls.push({ node, label, boxes });
    // Radio buttons are hit by their labels, and links within a sentence are as high as it is.
    const target = (node.closest("label") ?? node).getBoundingClientRect();
    const least = node.closest(".popover") ? EMOJI_PX : TARGET_PX;
    const isInText = node.localName === "a" && node.closest(".text") !== null;
    if (!isInText && Math.min(target.width, target.height) < least - 0.1) {
      faults.add(`${label} is ${Math.round(target.width)} x ${Math.round(target.height)} px.`);
    }
    for (const box of boxes) {
      const inside = both(box, view);
      if (!isArea(inside) || box.right - inside.right > SLACK_PX || inside.left - box.left > SLACK_PX)
        faults.add(`${label} lies outside of the viewport.`);
      else if (box.bottom - inside.bottom > SLACK_PX || inside.top - box.top > SLACK_PX)
        faults.add(`${label} lies outside of the viewport.`);
      const hit = document.elementFromPoint((inside.left + inside.right) / 2, (inside.top + inside.bottom) / 2);
      if (hit === null || isRelated(hit, node) || hit.closest("label")?.contains(node)) continue;
      if (!isAbove(hit, node) && !node.matches("pre, .timeline")) faults.add(`${label} is covered by ${labelOf(hit)}.`);
    }
  }

  const texts: Found[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let at = walker.nextNode(); at !== null; at = walker.nextNode()) {
    const node = at.parentElement;
    if (node === null || at.textContent?.trim() === "" || !isReachable(node)) continue;
    if (node.closest("svg, script, style, noscript, textarea") !== null) continue;
    const range = document.createRange();
    range.selectNodeContents(at);
    const label = `"${at.textContent?.trim().slice(0, 32)}"`;
    const boxes: Box[] = [];
    for (const { left, top, right, bottom, height } of range.getClientRects()) {
      const glyphs = { left, right, top: top + height * GLYPH_INSET, bottom: bottom - height * GLYPH_INSET };
      const { box, isCut } = shown(node, glyphs, true);
      if (isCut && right > left) faults.add(`The text ${label} is cut off.`);
      if (!isArea(box)) continue;
      boxes.push(box);
      if (box.right > view.right + SLACK_PX || box.left < -SLACK_PX) faults.add(`The text ${label} is outside.`);
    }
    texts.push({ node, label, boxes });
  }

  const overlap = (a: Found, b: Found) =>
    a.boxes.some((one) => b.boxes.some((other) => isArea(both(one, other)))) &&
    !isAbove(a.node, b.node) &&
    !isAbove(b.node, a.node);
  for (const [i, a] of controls.entries()) {
    for (const b of controls.slice(i + 1)) {
      if (!isRelated(a.node, b.node) && overlap(a, b)) faults.add(`${a.label} lies on ${b.label}.`);
    }
    for (const text of texts) {
      if (!isRelated(a.node, text.node) && overlap(a, text)) faults.add(`${a.label} lies on the text ${text.label}.`);
    }
  }
  for (const [i, a] of texts.entries()) {
    for (const b of texts.slice(i + 1)) {
      if (overlap(a, b)) faults.add(`The text ${a.label} lies on ${b.label}.`);
    }
  }

  for (const node of document.querySelectorAll(".popover, dialog[open], .beside")) {
    const box = node.getBoundingClientRect();
    const inside = both(box, view);
    if (Object.keys(view).some((side) => Math.abs(box[side as keyof Box] - inside[side as keyof Box]) > SLACK_PX))
      faults.add(`${labelOf(node)} does not fit into the viewport.`);
  }
  for (const node of [document.documentElement, ...document.querySelectorAll(".timeline, .side, .sheet, .beside")]) {
    if (node.scrollWidth > node.clientWidth + SLACK_PX && isReachable(node))
      faults.add(`${labelOf(node)} is wider than its place.`);
  }
  return [...faults];
}
